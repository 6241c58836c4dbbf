import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../audit/audited.decorator.js';
import { AllowPlatform } from '../auth/allow.decorator.js';
import { AsCaller, type Caller } from '../auth/caller.decorator.js';
import { decodeCursor, toPage } from '../http/page.js';
import {
  DeadLetterDetailDto,
  DeadLetterDiscardQuery,
  DeadLetterDto,
  DeadLetterListQuery,
  DeadLetterPageDto,
  DeadLetterReplayDto,
  DeadLetterReplayQuery,
  toDeadLetterDto,
} from './dead-letter.dto.js';
import { DeadLettersService } from './dead-letters.service.js';

const NOT_DEAD = { description: 'It is not dead: `current_state` says what it is doing, or what became of it; `state` is the same.' };

/** Work that could not be done after all its attempts, of all tenants. */
@ApiTags('operations')
@Controller('admin/dead-letters')
@AllowPlatform('platform:operate')
export class DeadLettersController {
  constructor(private readonly letters: DeadLettersService) {}

  /** Dead letters by tenant, and of each in the order they died. */
  @Get()
  @ApiOkResponse({ type: DeadLetterPageDto })
  @ApiNotFoundResponse({ description: 'No such tenant.' })
  async list(@Query() { limit, cursor, kind, tenant_id, from, to }: DeadLetterListQuery): Promise<DeadLetterPageDto> {
    const [tenant, name] = cursor === undefined ? ['', ''] : decodeCursor(cursor, ['string', 'string']);
    const filter = { kind, from: from === undefined ? undefined : Date.parse(from), to: to === undefined ? undefined : Date.parse(to) };
    const { letters, leftOut } = await this.letters.list(tenant_id, filter, [String(tenant), String(name)], limit);
    const { items, next_cursor } = toPage(letters, limit, (item) => [item.tenant, item.letter.dead_letter_id]);
    return { items: items.map(toDeadLetterDto), next_cursor, left_out: [...leftOut] };
  }

  /** Has the dead letters of a kind done again, at most 500 a request and twenty a second of each tenant. */
  @Post('replay')
  @Audited('tenant', 'dead_letter.replayed')
  @HttpCode(200)
  @ApiOkResponse({ type: DeadLetterReplayDto })
  @ApiNotFoundResponse({ description: 'No such tenant.' })
  async replayAll(@AsCaller() caller: Caller, @Query() { kind, tenant_id }: DeadLetterReplayQuery): Promise<DeadLetterReplayDto> {
    const { until, leftOut, ...progress } = await this.letters.replayAll(caller, kind, tenant_id === undefined ? undefined : [tenant_id]);
    return { ...progress, until: until === null ? null : new Date(until).toISOString(), left_out: [...leftOut] };
  }

  /** One dead letter with the original, also while it is replayed. */
  @Get(':dead_letter_id')
  @ApiOkResponse({ type: DeadLetterDetailDto })
  async find(@Param('dead_letter_id') id: string): Promise<DeadLetterDetailDto> {
    const found = await this.letters.find(id);
    return { ...toDeadLetterDto(found), original: found.letter.payload };
  }

  /** Has a dead letter done again, with all its attempts. It keeps its ids. */
  @Post(':dead_letter_id/replay')
  @Audited('tenant', 'dead_letter.replayed')
  @HttpCode(200)
  @ApiOkResponse({ type: DeadLetterDto })
  @ApiConflictResponse(NOT_DEAD)
  async replay(@AsCaller() caller: Caller, @Param('dead_letter_id') id: string): Promise<DeadLetterDto> {
    return toDeadLetterDto(await this.letters.replay(caller, id));
  }

  /** Gives a dead letter up; the audit log says who did it, and why where that was given. */
  @Delete(':dead_letter_id')
  @Audited('tenant', 'dead_letter.discarded')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse(NOT_DEAD)
  async discard(
    @AsCaller() caller: Caller,
    @Param('dead_letter_id') id: string,
    @Query() { reason }: DeadLetterDiscardQuery,
  ): Promise<void> {
    await this.letters.discard(caller, id, reason);
  }
}
