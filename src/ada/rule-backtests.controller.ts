import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Audited, AuditedAsOneOf } from '../platform/audit/audited.decorator.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { PageQuery, decodeCursor, toPage, type Page } from '../platform/http/page.js';
import {
  RuleBacktestBody,
  RuleBacktestDto,
  RuleBacktestPage,
  RuleBacktestResultDto,
  toBacktestDto,
  toBacktestResult,
} from './rule-backtests.dto.js';
import { RuleBacktestsService } from './rule-backtests.service.js';

/** Rules tried on events that are stored already, in the background. They raise no alert. */
@ApiTags('rules')
@Controller('api/v1/rule-backtests')
export class RuleBacktestsController {
  constructor(private readonly backtests: RuleBacktestsService) {}

  /** Begins to look what rules would have matched; filters in force for the tenant have their say. What is wrong in the rules is named by its line. */
  @Post()
  @Audited('tenant', 'rule_backtest.started')
  @Allow('rules:write')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: RuleBacktestResultDto })
  @ApiConflictResponse({ description: 'As many back-tests of the tenant wait or run as may' })
  async start(@InTenant() caller: TenantCaller, @Body() body: RuleBacktestBody): Promise<RuleBacktestResultDto> {
    return toBacktestResult(await this.backtests.start(caller.tenant, body, deedOf(caller)));
  }

  /** Back-tests of the tenant, the newest first. */
  @Get()
  @Allow('rules:write')
  @ApiOkResponse({ type: RuleBacktestPage })
  async list(@InTenant() caller: TenantCaller, @Query() { cursor, limit }: PageQuery): Promise<Page<RuleBacktestDto>> {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['string']);
    const found = await this.backtests.list(caller.tenant, before === undefined ? undefined : String(before), limit + 1);
    return toPage(found.map(toBacktestDto), limit, ({ backtest_id }) => [backtest_id]);
  }

  /** How far a back-test has come, and what was found so far. */
  @Get(':backtest_id')
  @Allow('rules:write')
  @ApiOkResponse({ type: RuleBacktestResultDto })
  @ApiNotFoundResponse({ description: 'No such back-test, or one of another tenant' })
  async find(@InTenant() caller: TenantCaller, @Param('backtest_id') id: string): Promise<RuleBacktestResultDto> {
    return toBacktestResult(await this.backtests.get(caller.tenant, id));
  }

  /** Cancels a back-test that waits or runs, of which stays what was found so far; removes one that has ended. */
  @Delete(':backtest_id')
  @AuditedAsOneOf('tenant', 'rule_backtest.cancelled', 'rule_backtest.deleted')
  @Allow('rules:write')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It looks at no further event' })
  @ApiNotFoundResponse({ description: 'No such back-test, or one of another tenant' })
  async remove(@InTenant() caller: TenantCaller, @Param('backtest_id') id: string): Promise<void> {
    await this.backtests.remove(caller.tenant, id, deedOf(caller));
  }
}
