import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../audit/audited.decorator.js';
import { AuditLog, PLATFORM_LOG } from '../audit/audit-log.js';
import { AllowPlatform } from '../auth/allow.decorator.js';
import { AsCaller, type Caller } from '../auth/caller.decorator.js';
import { deedOf } from '../auth/deed-of.js';
import { notFound, Problem } from '../problems/problem.js';
import { CircuitBreakerDto, CircuitBreakerQuery, CircuitBreakersDto } from './circuit-breaker.dto.js';
import type { Dependency } from './dependency.js';
import { OutboundPolicies } from './outbound-policies.js';

/** Circuits of the instance that answers, for the platform's operators. */
@ApiTags('operations')
@Controller('admin/circuit-breaker')
@AllowPlatform('platform:operate')
export class CircuitBreakerController {
  constructor(
    private readonly policies: OutboundPolicies,
    private readonly audit: AuditLog,
  ) {}

  /** Everything outside that is called, and how its circuit stands. */
  @Get('status')
  @ApiOkResponse({ type: CircuitBreakersDto })
  status(): CircuitBreakersDto {
    return { items: this.policies.list().map(toDto) };
  }

  /** Closes a dependency's circuit, one held open by hand too, and forgets its failures. Answers how it stands then. */
  @Post('reset')
  @Audited('platform', 'circuit_breaker.reset')
  @HttpCode(200)
  @ApiOkResponse({ type: CircuitBreakerDto })
  @ApiNotFoundResponse({ description: 'No such service.' })
  @ApiConflictResponse({ description: 'The circuit is closed and has no failures; `current_state` says so.' })
  async reset(@AsCaller() caller: Caller, @Query() { service }: CircuitBreakerQuery): Promise<CircuitBreakerDto> {
    const dependency = this.find(service);
    if (!dependency.isTroubled) throw inState(dependency);
    return this.change(caller, 'circuit_breaker.reset', dependency, () => dependency.reset());
  }

  /** Holds a dependency's circuit open until it is reset: no call is made meanwhile. Answers how it stands then. */
  @Post('isolate')
  @Audited('platform', 'circuit_breaker.isolated')
  @HttpCode(200)
  @ApiOkResponse({ type: CircuitBreakerDto })
  @ApiNotFoundResponse({ description: 'No such service.' })
  @ApiConflictResponse({ description: 'The circuit is held open already; `current_state` says so.' })
  async isolate(@AsCaller() caller: Caller, @Query() { service }: CircuitBreakerQuery): Promise<CircuitBreakerDto> {
    const dependency = this.find(service);
    if (dependency.state === 'isolated') throw inState(dependency);
    return this.change(caller, 'circuit_breaker.isolated', dependency, () => dependency.isolate());
  }

  private find(service: string): Dependency {
    const dependency = this.policies.find(service);
    if (!dependency) throw notFound();
    return dependency;
  }

  private async change(caller: Caller, action: string, dependency: Dependency, apply: () => void): Promise<CircuitBreakerDto> {
    const target = { type: 'service', id: dependency.name };
    const entry = { ...deedOf(caller), action, target, outcome: 'success', details: { state_before: dependency.state } } as const;
    await this.audit.append(PLATFORM_LOG, [entry]);
    apply();
    return toDto(dependency);
  }
}

function inState({ name, state }: Dependency): Problem {
  return new Problem('conflict', `There is nothing to change: ${name} is ${state}.`, { members: { current_state: state } });
}

function toDto(dependency: Dependency): CircuitBreakerDto {
  const { name: service, state, circuits, failures, waitMs, executing, waiting, settings } = dependency;
  return {
    service,
    state,
    circuits: { ...circuits },
    failures,
    retry_in_seconds: waitMs / 1_000,
    executing,
    waiting,
    failure_threshold: settings.breaker.failures,
    recovery_timeout_seconds: settings.breaker.recoveryMs / 1_000,
    half_open_probes: settings.breaker.probes,
    max_concurrent: settings.bulkhead.concurrent,
    max_waiting: settings.bulkhead.waiting,
  };
}
