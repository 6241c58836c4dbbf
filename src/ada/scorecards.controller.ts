import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { type Page, toPage } from '../platform/http/page.js';
import { positionIn, sortOf } from '../platform/http/sort.js';
import { notFound } from '../platform/problems/problem.js';
import { comparePositions, type Scorecard, scorecardOf, scorecardPosition } from './domain/scorecard/scorecard.js';
import { meetsRuleQuery } from './meets-rule-query.js';
import { RuleCosts } from './rule-costs.js';
import { RuleHistory } from './rule-history.js';
import { ScorecardDto, ScorecardListQuery, ScorecardPage, ScorecardQuery } from './scorecards.dto.js';

/** How the tenant's rules did: what they raised, and what its analysts said of that. */
@ApiTags('rules')
@Controller('api/v1')
export class ScorecardsController {
  constructor(
    private readonly history: RuleHistory,
    private readonly costs: RuleCosts,
  ) {}

  /** Scorecards of the rules in force, and of those that are gone and raised alerts in these days; the noisiest first. */
  @Get('rule-scorecards')
  @Allow('rules:read')
  @ApiOkResponse({ type: ScorecardPage })
  async list(@InTenant() caller: TenantCaller, @Query() query: ScorecardListQuery): Promise<Page<Scorecard>> {
    const { by, descending } = sortOf(query.sort);
    const after = query.cursor === undefined ? undefined : positionIn(query.cursor, by);
    const { range, records } = await this.history.list(caller.tenant, query.days);
    const costs = this.costs.soFar();
    const direction = descending ? -1 : 1;
    const items = records
      .filter(({ rule }) => meetsRuleQuery(rule, query))
      .map((record) => scorecardOf(record, range, costs))
      .map((card) => ({ card, position: scorecardPosition(card, by) }))
      .filter(({ position }) => after === undefined || direction * comparePositions(position, after) > 0)
      .sort((one, other) => direction * comparePositions(one.position, other.position))
      .slice(0, query.limit + 1)
      .map(({ card }) => card);
    return toPage(items, query.limit, (card) => scorecardPosition(card, by));
  }

  /** The scorecard of one rule that is in force, or was and raised alerts in these days. */
  @Get('rules/:rule_id/scorecard')
  @Allow('rules:read')
  @ApiOkResponse({ type: ScorecardDto })
  @ApiNotFoundResponse({ description: 'No such rule is in force, and none raised alerts in these days' })
  async find(@InTenant() caller: TenantCaller, @Param('rule_id') id: string, @Query() { days }: ScorecardQuery): Promise<Scorecard> {
    const { range, records } = await this.history.find(caller.tenant, id, days);
    const [record] = records;
    if (record === undefined) throw notFound();
    return scorecardOf(record, range, this.costs.soFar());
  }
}
