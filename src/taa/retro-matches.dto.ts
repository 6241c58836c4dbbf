import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { IsTime } from '../platform/http/is-time.js';
import { MayBeLeftOut } from '../platform/http/may-be-left-out.js';
import type { Page } from '../platform/http/page.js';
import { RETRO_CAUSES, RETRO_STATES, type RetroCause, type RetroMatch, type RetroState } from './domain/retro/retro-match.js';

const MOST_SHOWN = 10;

/** Which stored events are to be compared with which indicators. */
export class RetroMatchBody {
  /** `api`, or the name of a feed; all sources where it is left out. */
  @ApiProperty({ required: false, example: 'api' })
  @IsString()
  @Length(1, 200)
  @MayBeLeftOut()
  source?: string;

  /** Earliest event time, RFC 3339; thirty days before `to` where it is left out. */
  @IsTime()
  @MayBeLeftOut()
  from?: string;

  /** Latest event time, RFC 3339; now where it is left out. At most 366 days after `from`. */
  @IsTime()
  @MayBeLeftOut()
  to?: string;
}

/** How far it has come. */
export class RetroProgressDto {
  /** Events of the span that were compared. */
  @ApiProperty({ example: 120_000 })
  events_compared: number;

  /** About how many there are; null before that can be told. */
  @ApiProperty({ type: Number, nullable: true, example: 480_000 })
  events_about: number | null;

  /** Events that were passed over because comparing them, or others that were read with them, took too long. */
  @ApiProperty({ example: 0 })
  events_passed_over: number;
}

/** How often an indicator was seen. */
export class SeenIndicatorDto {
  @ApiProperty({ example: '0b9f9d0e-1c1f-5d0e-8c53-0a2f4f1b7c11' })
  indicator_id: string;

  @ApiProperty({ example: 12 })
  matches: number;
}

/** A comparison of stored events with indicators that came after them. */
export class RetroMatchDto {
  @ApiProperty({ example: '01935580-0000-7000-8000-000000000000' })
  retro_id: string;

  /** Whether new indicators caused it, or somebody asked for it. */
  @ApiProperty({ enum: RETRO_CAUSES, example: 'arrival' })
  cause: RetroCause;

  @ApiProperty({ enum: RETRO_STATES, example: 'running' })
  state: RetroState;

  /** The source whose indicators are meant; null for all. */
  @ApiProperty({ type: String, nullable: true, example: null })
  source: string | null;

  /** Earliest event time. */
  from: string;

  /** Latest event time; where new indicators caused it a day beyond its begin, for clocks that run ahead. */
  to: string;

  created_at: string;
  created_by: string;

  /** Of the request that caused it; its alerts have it as well. */
  @ApiProperty({ example: 'req-0193557e8a00' })
  correlation_id: string;

  @ApiProperty({ type: String, nullable: true })
  started_at: string | null;

  @ApiProperty({ type: String, nullable: true })
  ended_at: string | null;

  /** Why it failed. */
  @ApiProperty({ type: String, nullable: true, example: null })
  reason: string | null;

  /** Indicators that it compares with; null before it has begun. */
  @ApiProperty({ type: Number, nullable: true, example: 1_200 })
  indicators: number | null;

  progress: RetroProgressDto;

  /** Indicators seen in events, each event counted. */
  @ApiProperty({ example: 14 })
  matches: number;

  /** Matches that became alerts, or were alerts already. */
  @ApiProperty({ example: 14 })
  raised: number;

  /** Matches without an alert, as there were more than 100 of an indicator or 2,000 in all. */
  @ApiProperty({ example: 0 })
  held_back: number;

  /** The ten indicators that were seen most often. */
  @ApiProperty({ type: [SeenIndicatorDto] })
  seen: SeenIndicatorDto[];
}

/** A page of comparisons, newest first. */
export class RetroMatchPage implements Page<RetroMatchDto> {
  @ApiProperty({ type: [RetroMatchDto] })
  items: RetroMatchDto[];

  /** Give it as `cursor` for the next page. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;
}

export function toRetroMatchDto(match: RetroMatch): RetroMatchDto {
  const { retro_id, cause, state, span, scope, created_at, created_by, correlation_id, started_at, ended_at, reason } = match;
  const { scanned, about, passed_over, indicators, matches, raised, held_back, by_indicator } = match.progress;
  return {
    retro_id,
    cause,
    state,
    created_at,
    created_by,
    correlation_id,
    started_at,
    ended_at,
    reason,
    source: scope.source,
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    indicators,
    progress: { events_compared: scanned, events_about: about, events_passed_over: passed_over },
    matches,
    raised,
    held_back,
    seen: Object.entries(by_indicator)
      .map(([indicator_id, count]) => ({ indicator_id, matches: count }))
      .sort((a, b) => b.matches - a.matches || (a.indicator_id < b.indicator_id ? -1 : 1))
      .slice(0, MOST_SHOWN),
  };
}
