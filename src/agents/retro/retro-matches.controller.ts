import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Audited, AuditedAsOneOf } from '../../platform/audit/audited.decorator.js';
import { Allow } from '../../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { PageQuery, decodeCursor, toPage, type Page } from '../../platform/http/page.js';
import { RetroMatchBody, RetroMatchDto, RetroMatchPage, toRetroMatchDto } from '../../taa/retro-matches.dto.js';
import { RetroMatchesService } from '../../taa/retro-matches.service.js';

/** Stored events compared with indicators that came after them, in the background. */
@ApiTags('intel')
@Controller('api/v1/retro-matches')
export class RetroMatchesController {
  constructor(private readonly matches: RetroMatchesService) {}

  /** Begins to compare stored events with all indicators of the tenant, or with those of one source; what is found and is no alert yet becomes one. */
  @Post()
  @Audited('tenant', 'retro_match.started')
  @Allow('intel:write')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: RetroMatchDto })
  @ApiConflictResponse({ description: 'As many of the tenant wait or run as may' })
  async start(@InTenant() caller: TenantCaller, @Body() body: RetroMatchBody): Promise<RetroMatchDto> {
    return toRetroMatchDto(await this.matches.start(caller.tenant, body, deedOf(caller)));
  }

  /** Comparisons of the tenant, the newest first: those that new indicators caused, and those that were asked for. */
  @Get()
  @Allow('intel:read')
  @ApiOkResponse({ type: RetroMatchPage })
  async list(@InTenant() caller: TenantCaller, @Query() { cursor, limit }: PageQuery): Promise<Page<RetroMatchDto>> {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['string']);
    const found = await this.matches.list(caller.tenant, before === undefined ? undefined : String(before), limit + 1);
    return toPage(found.map(toRetroMatchDto), limit, ({ retro_id }) => [retro_id]);
  }

  /** How far one has come, and what was found so far. */
  @Get(':retro_id')
  @Allow('intel:read')
  @ApiOkResponse({ type: RetroMatchDto })
  @ApiNotFoundResponse({ description: 'No such comparison, or one of another tenant' })
  async find(@InTenant() caller: TenantCaller, @Param('retro_id') id: string): Promise<RetroMatchDto> {
    return toRetroMatchDto(await this.matches.get(caller.tenant, id));
  }

  /** Cancels one that waits or runs, of which the alerts stay; removes one that has ended. */
  @Delete(':retro_id')
  @AuditedAsOneOf('tenant', 'retro_match.cancelled', 'retro_match.deleted')
  @Allow('intel:write')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It compares no further event' })
  @ApiNotFoundResponse({ description: 'No such comparison, or one of another tenant' })
  async remove(@InTenant() caller: TenantCaller, @Param('retro_id') id: string): Promise<void> {
    await this.matches.remove(caller.tenant, id, deedOf(caller));
  }
}
