import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Unaudited } from '../platform/audit/audited.decorator.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { decodeCursor, toPage, type Page } from '../platform/http/page.js';
import { LivenessSummaryDto, RuleLivenessPage, RuleLivenessQuery } from './rule-liveness.dto.js';
import { RuleLiveness, type LivenessSummary, type ShownLiveness } from './rule-liveness.service.js';

/** Whether rules are alive: what their samples show on the way that the tenant's events take through the process that answers. */
@ApiTags('rules')
@Controller('api/v1/rule-liveness')
export class RuleLivenessController {
  constructor(private readonly liveness: RuleLiveness) {}

  /** Rules in force and how each is, ordered by id. */
  @Get()
  @Allow('rules:read')
  @ApiOkResponse({ type: RuleLivenessPage })
  async list(@InTenant() caller: TenantCaller, @Query() query: RuleLivenessQuery): Promise<Page<ShownLiveness>> {
    const { cursor, limit, state, rule_id: ids } = query;
    const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, ['string']);
    const wanted = (await this.liveness.list(caller.tenant)).filter(
      (rule) => rule.rule_id > String(after) && (state?.includes(rule.state) ?? true) && (ids?.includes(rule.rule_id) ?? true),
    );
    return toPage(wanted, limit, ({ rule_id }) => [rule_id]);
  }

  /** Sends the samples of all rules now, and says how many are how. */
  @Post()
  @HttpCode(200)
  @Unaudited(
    'It finds out how rules are, and changes nothing. A rule that is found to have stopped being live is recorded as `rules.not_live`.',
  )
  @Allow('rules:write')
  @ApiOkResponse({ type: LivenessSummaryDto })
  async check(@InTenant() caller: TenantCaller): Promise<LivenessSummary> {
    return this.liveness.checkNow(caller.tenant);
  }
}
