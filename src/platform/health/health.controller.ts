import { Controller, Get, HttpStatus, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { SkipThrottle } from '@nestjs/throttler';
import type { Response } from 'express';
import { AllowEverybody } from '../auth/allow.decorator.js';
import { DrainState } from '../lifecycle/drain-state.js';
import { DamageRegister } from '../storage/damage-register.js';
import { ADDRESS, CREDENTIAL } from '../rate-limit/throttling.guard.js';
import { DependencyHealthDto, HealthDto, LivenessDto, ReadinessDto } from './health.dto.js';
import { ProbeRegistry } from './probe-registry.js';

/** Probes for orchestrators. */
@ApiTags('operations')
@Controller('health')
@AllowEverybody()
@SkipThrottle({ [ADDRESS]: true, [CREDENTIAL]: true })
export class HealthController {
  constructor(
    private readonly probes: ProbeRegistry,
    private readonly drain: DrainState,
    private readonly health: HealthCheckService,
    private readonly damage: DamageRegister,
  ) {}

  /** Whether the process lives; looks at nothing else. */
  @Get('live')
  @ApiOkResponse({ type: LivenessDto })
  live(): LivenessDto {
    return { status: 'up', uptime_seconds: Math.floor(process.uptime()) };
  }

  /** Whether requests should be sent here. */
  @Get('ready')
  @ApiOkResponse({ type: ReadinessDto })
  @ApiResponse({ status: 503, type: ReadinessDto, description: 'A dependency is down, or the process is draining.' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadinessDto> {
    const dependencies = await this.dependencies();
    const ready = !this.drain.isDraining && dependencies.every((dependency) => dependency.healthy);
    if (!ready) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { ready, draining: this.drain.isDraining, dependencies };
  }

  /** Summary for people and dashboards: `degraded` also where part of a store was lost since the start, which readiness is not asked about. */
  @Get()
  @ApiOkResponse({ type: HealthDto })
  @ApiResponse({ status: 503, type: HealthDto, description: 'Degraded or draining.' })
  async summary(@Res({ passthrough: true }) response: Response): Promise<HealthDto> {
    const readiness = await this.ready(response);
    const status = readiness.draining ? 'draining' : readiness.ready && this.damage.isEmpty ? 'ok' : 'degraded';
    return { status, ready: readiness.ready, uptime_seconds: Math.floor(process.uptime()), dependencies: readiness.dependencies };
  }

  private async dependencies(): Promise<DependencyHealthDto[]> {
    const result = await this.health.check(this.probes.checks()).catch((error: unknown) => {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    });
    return Object.entries(result.details).map(([name, { status, latency_ms }]) => {
      return { name, status: status === 'up' ? 'up' : 'down', healthy: status === 'up', latency_ms: Number(latency_ms) };
    });
  }
}
