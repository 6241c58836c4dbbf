import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../audit/audited.decorator.js';
import { AuditLog, PLATFORM_LOG } from '../audit/audit-log.js';
import { AllowPlatform } from '../auth/allow.decorator.js';
import { AsCaller, type Caller } from '../auth/caller.decorator.js';
import { deedOf } from '../auth/deed-of.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/tokens.js';
import { Problem } from '../problems/problem.js';
import { DrainDto } from './drain.dto.js';
import { DrainState } from './drain-state.js';

/** Takes an instance out of service. */
@ApiTags('operations')
@Controller('admin/drain')
@AllowPlatform('platform:operate')
export class DrainController {
  constructor(
    private readonly drain: DrainState,
    private readonly audit: AuditLog,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Has the instance that answers drain and exit, as SIGTERM does: readiness is false at once, and what is under way is finished. */
  @Post()
  @Audited('platform', 'instance.drained')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: DrainDto })
  @ApiConflictResponse({ description: 'It is draining already; `current_state` says so.' })
  async begin(@AsCaller() caller: Caller): Promise<DrainDto> {
    if (this.drain.isDraining) throw alreadyDraining();
    await this.audit.append(PLATFORM_LOG, [
      { ...deedOf(caller), action: 'instance.drained', target: { type: 'instance', id: String(process.pid) }, outcome: 'success' },
    ]);
    if (!this.drain.begin('admin')) throw alreadyDraining();
    const { delaySeconds, graceSeconds } = this.config.drain;
    return { draining: true, stops_in_seconds: delaySeconds, ends_in_seconds: graceSeconds };
  }
}

function alreadyDraining(): Problem {
  return new Problem('conflict', 'The instance is draining already.', { members: { draining: true, current_state: 'draining' } });
}
