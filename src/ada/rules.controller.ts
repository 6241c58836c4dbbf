import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RuleCatalog, type RuleSummary, type UnsupportedRule } from '../contracts/rule-catalog.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { PageQuery, decodeCursor, toPage, type Page } from '../platform/http/page.js';
import { notFound } from '../platform/problems/problem.js';
import { meetsRuleQuery } from './meets-rule-query.js';
import { RuleDto, RuleIssuePage, RulePage, RuleQuery } from './rules.dto.js';

/** The detection rules in force for the tenant, and those that could not be put in force. */
@ApiTags('rules')
@Controller('api/v1')
export class RulesController {
  constructor(private readonly catalog: RuleCatalog) {}

  /** Rules in force, ordered by id: for detection, for correlation, the tenant's filters and those of all tenants, and statistics. */
  @Get('rules')
  @Allow('rules:read')
  @ApiOkResponse({ type: RulePage })
  async list(@InTenant() caller: TenantCaller, @Query() query: RuleQuery): Promise<Page<RuleSummary>> {
    const [after = ''] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['string']);
    const wanted = (await this.catalog.list(caller.tenant)).filter((rule) => rule.id > String(after) && meetsRuleQuery(rule, query));
    return toPage(wanted, query.limit, ({ id }) => [id]);
  }

  /** One rule in force. */
  @Get('rules/:rule_id')
  @Allow('rules:read')
  @ApiOkResponse({ type: RuleDto })
  @ApiNotFoundResponse({ description: 'No such rule is in force' })
  async find(@InTenant() caller: TenantCaller, @Param('rule_id') id: string): Promise<RuleSummary> {
    const rule = await this.catalog.find(caller.tenant, id);
    if (rule === undefined) throw notFound();
    return rule;
  }

  /** Rule documents that were found but are not in force, and why, ordered by path. */
  @Get('rule-issues')
  @Allow('rules:read')
  @ApiOkResponse({ type: RuleIssuePage })
  async issues(@InTenant() caller: TenantCaller, @Query() query: PageQuery): Promise<Page<UnsupportedRule>> {
    const [from = 0] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['number']);
    const start = Math.max(0, Math.trunc(Number(from)));
    const issues = (await this.catalog.unsupported(caller.tenant)).slice(start, start + query.limit + 1);
    return toPage(issues, query.limit, () => [start + query.limit]);
  }
}
