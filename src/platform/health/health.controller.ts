import { Controller, Get, HttpStatus, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { SkipThrottle } from '@nestjs/throttler';
import type { Response } from 'express';
import { AllowEverybody } from '../auth/allow.decorator.js';
import { DrainState } from '../lifecycle/drain-state.js';
import { ADDRESS, CREDENTIAL } from '../rate-limit/throttling.guard.js';
import { DependencyHealthDto, HealthDto, LivenessDto, ReadinessDto } from './health.dto.js';
import { ProbeRegistry } from './probe-registry.js';
import { healthStatus } from './readiness.js';

/** Probes for orchestrators, and a summary for people. */
@ApiTags('operations')
@Controller('health')
@AllowEverybody()
@SkipThrottle({ [ADDRESS]: true, [CREDENTIAL]: true })
export class HealthController {
  constructor(
    private readonly probes: ProbeRegistry,
    private readonly drain: DrainState,
    private readonly health: HealthCheckService,
  ) {}

  /** Whether the process lives, and has started; looks at nothing else. */
  @Get('live')
  @ApiOkResponse({ type: LivenessDto })
  live(): LivenessDto {
    return { status: 'up', uptime_seconds: uptime() };
  }

  /** Whether requests should be sent here. What has a fallback does not count. */
  @Get('ready')
  @ApiOkResponse({ type: ReadinessDto })
  @ApiResponse({ status: 503, type: ReadinessDto, description: 'A critical dependency is down, or the process is draining.' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadinessDto> {
    const { status, ready, checks } = await this.look();
    if (!ready) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: ready ? 'ready' : status === 'draining' ? 'draining' : 'not_ready', ready, checks };
  }

  /** Summary: 200 only while everything works. Not for orchestrators, which would take instances away that serve. */
  @Get()
  @ApiOkResponse({ type: HealthDto })
  @ApiResponse({ status: 503, type: HealthDto, description: 'Degraded, unready or draining.' })
  async summary(@Res({ passthrough: true }) response: Response): Promise<HealthDto> {
    const health = await this.look();
    if (health.status !== 'ok') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { ...health, uptime_seconds: uptime() };
  }

  private async look(): Promise<Omit<HealthDto, 'uptime_seconds'>> {
    const checks = await this.dependencies();
    const status = healthStatus(this.drain.isDraining, checks);
    return { status, ready: status === 'ok' || status === 'degraded', checks };
  }

  private async dependencies(): Promise<DependencyHealthDto[]> {
    const result = await this.health.check(this.probes.checks()).catch((error: unknown) => {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    });
    return Object.entries(result.details).map(([name, { status, latency_ms, critical }]) => {
      const healthy = status === 'up';
      return { name, status: healthy ? 'healthy' : 'unhealthy', healthy, critical: critical === true, latency_ms: Number(latency_ms) };
    });
  }
}

function uptime(): number {
  return Math.floor(process.uptime());
}
