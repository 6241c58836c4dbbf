import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AuditLog, PLATFORM_LOG } from '../platform/audit/audit-log.js';
import { Audited } from '../platform/audit/audited.decorator.js';
import { AllowPlatform } from '../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { Problem } from '../platform/problems/problem.js';
import { RuleReload } from './rule-reload.js';
import { type NamedRulesDto, RuleReloadDto } from './rule-reload.dto.js';

const RULES = { type: 'rules', id: 'rules' };
const MOST_NAMED = 100;

/** The rules of all tenants, for whoever runs the platform. */
@ApiTags('admin')
@Controller('admin')
@AllowPlatform('platform:operate')
export class RuleReloadController {
  constructor(
    private readonly rules: RuleReload,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Puts the rules and filters in force that are in the files now, in this process: each event meets those before or these, and none is lost. What was learned is
   * kept. Files that cannot be read, or hold no rule, change nothing, and the answer says why.
   */
  @Post('rules/reload')
  @Audited('platform', 'rules.reload_asked', 'rules.reloaded')
  @HttpCode(200)
  @ApiOkResponse({ type: RuleReloadDto })
  @ApiConflictResponse({ description: 'The files are being read already' })
  async reload(@AsCaller() caller: Caller): Promise<RuleReloadDto> {
    const entry = { ...deedOf(caller), action: 'rules.reloaded', target: RULES } as const;
    await this.audit.append(PLATFORM_LOG, [{ ...entry, action: 'rules.reload_asked', outcome: 'success' }]);
    const { added, removed, changed, ...rest } = await this.rules.reload().catch(async (error: unknown) => {
      const reason = error instanceof Problem ? error.detail : 'the reload failed';
      await this.audit.append(PLATFORM_LOG, [{ ...entry, outcome: 'failure', details: { reason } }]);
      throw error;
    });
    const details = { ...rest, added: added.length, removed: removed.length, changed: changed.length };
    await this.audit.append(PLATFORM_LOG, [{ ...entry, outcome: 'success', details }]);
    return { ...rest, added: named(added), removed: named(removed), changed: named(changed) };
  }
}

function named(ids: readonly string[]): NamedRulesDto {
  return { count: ids.length, ids: ids.slice(0, MOST_NAMED) };
}
