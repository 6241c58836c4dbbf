import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { SEVERITIES, type Severity } from '../contracts/severity.js';
import { IsTime } from '../platform/http/is-time.js';
import { MayBeLeftOut } from '../platform/http/may-be-left-out.js';
import type { Page } from '../platform/http/page.js';
import { BACKTEST_STATES, type Backtest, type BacktestState } from './domain/backtest/backtest.js';
import type { ListedBacktest } from './domain/backtest/backtest-store.js';
import { type FrequentValue, mostFrequent } from './domain/backtest/frequent-values.js';
import { intervalOf, type RuleTally } from './domain/backtest/rule-tally.js';

const EXAMPLE = `title: Backups are deleted
id: 5b7c1f0e-6a1d-4d0c-9f3e-2b8a7c6d5e4f
logsource: { product: windows, category: process_creation }
detection:
  selection: { Image|endswith: '\\vssadmin.exe', CommandLine|contains: 'delete shadows' }
  condition: selection
level: high
`;
const MOST_SHOWN = 10;

/** What is to be tried on which events. */
export class RuleBacktestBody {
  /** Detection rules in YAML, and filters for them, one or more documents, at most 64 Ki characters and 10 rules. */
  @ApiProperty({ example: EXAMPLE })
  @IsString()
  @Length(1, 65_536)
  document: string;

  /** Earliest event time, RFC 3339; seven days before `to` where it is left out. */
  @IsTime()
  @MayBeLeftOut()
  from?: string;

  /** Latest event time, RFC 3339; now where it is left out. At most 366 days after `from`. */
  @IsTime()
  @MayBeLeftOut()
  to?: string;
}

/** How far a back-test has come. */
export class BacktestProgressDto {
  /** Events of the span that were looked at. */
  @ApiProperty({ example: 120_000 })
  events_scanned: number;

  /** About how many there are; null before that can be told. */
  @ApiProperty({ type: Number, nullable: true, example: 480_000 })
  events_about: number | null;
}

/** How often a value occurred among the matches. */
export class FrequentValueDto implements FrequentValue {
  @ApiProperty({ example: 'ws-014' })
  value: string;

  /** How often, at most. */
  @ApiProperty({ example: 12 })
  count: number;

  /** How many of those may have been others: 0 where there are at most 100 different values. */
  @ApiProperty({ example: 0 })
  uncertain: number;
}

/** Matches of an hour or of a day. */
export class MatchesThenDto {
  /** When it begins, RFC 3339 UTC. */
  @ApiProperty({ example: '2026-11-22T00:00:00.000Z' })
  start: string;

  @ApiProperty({ example: 3 })
  matches: number;
}

/** A rule that is tried, and how often it matches. */
export class TriedRuleDto {
  @ApiProperty({ example: '5b7c1f0e-6a1d-4d0c-9f3e-2b8a7c6d5e4f' })
  id: string;

  title: string;

  @ApiProperty({ enum: SEVERITIES, example: 'high' })
  level: Severity;

  /** Events of its log source. */
  events: number;

  /** Events that it matches, and that no filter leaves out. */
  matches: number;
}

/** What a rule has found. */
export class TriedRuleResultDto extends TriedRuleDto {
  /** Matches that filters leave out. */
  filtered: number;

  /** Of the events that were looked at; null before there are any. */
  @ApiProperty({ type: Number, nullable: true, example: 0.1 })
  matches_per_1000: number | null;

  /** What the rule costs by itself, for an event of its log source, in µs; null before there are any. */
  @ApiProperty({ type: Number, nullable: true, example: 0.9 })
  us_per_event: number | null;

  /** What `by_time` counts by: hours where the span is at most three days. */
  @ApiProperty({ enum: ['hour', 'day'] })
  interval: 'hour' | 'day';

  /** Hours, or days, with matches, in order. */
  @ApiProperty({ type: [MatchesThenDto] })
  by_time: MatchesThenDto[];

  /** The ten most frequent hosts of the matches. */
  @ApiProperty({ type: [FrequentValueDto] })
  hosts: FrequentValueDto[];

  /** The ten most frequent users of the matches. */
  @ApiProperty({ type: [FrequentValueDto] })
  users: FrequentValueDto[];

  /** At most 50 of the events that match, the newest arrival first. */
  @ApiProperty({ type: [String], example: ['0193557e-8a00-7000-8000-000000000000.4'] })
  sample_event_ids: string[];
}

/** A back-test in a list. */
export class RuleBacktestDto {
  @ApiProperty({ example: '01935580-0000-7000-8000-000000000000' })
  backtest_id: string;

  @ApiProperty({ enum: BACKTEST_STATES, example: 'running' })
  state: BacktestState;

  /** Earliest event time. */
  from: string;

  /** Latest event time. */
  to: string;

  created_at: string;
  created_by: string;

  @ApiProperty({ type: String, nullable: true })
  started_at: string | null;

  @ApiProperty({ type: String, nullable: true })
  ended_at: string | null;

  /** Why it failed. */
  @ApiProperty({ type: String, nullable: true, example: null })
  reason: string | null;

  progress: BacktestProgressDto;

  @ApiProperty({ type: [TriedRuleDto] })
  rules: TriedRuleDto[];
}

/** A back-test with its rules and what they have found so far. */
export class RuleBacktestResultDto extends RuleBacktestDto {
  /** The rules as they were sent. */
  @ApiProperty({ example: EXAMPLE })
  document: string;

  @ApiProperty({ type: [TriedRuleResultDto] })
  override rules: TriedRuleResultDto[];
}

/** A page of back-tests, newest first. */
export class RuleBacktestPage implements Page<RuleBacktestDto> {
  @ApiProperty({ type: [RuleBacktestDto] })
  items: RuleBacktestDto[];

  /** Give it as `cursor` for the next page. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;
}

export function toBacktestDto({ span, progress, ...backtest }: ListedBacktest): RuleBacktestDto {
  const { backtest_id, state, created_at, created_by, started_at, ended_at, reason } = backtest;
  return {
    backtest_id,
    state,
    created_at,
    created_by,
    started_at,
    ended_at,
    reason,
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    progress: { events_scanned: progress.scanned, events_about: progress.about },
    rules: progress.rules.map(({ id, title, level, events, matches }) => ({ id, title, level, events, matches })),
  };
}

export function toBacktestResult(backtest: Backtest): RuleBacktestResultDto {
  const { progress, span, document } = backtest;
  return {
    ...toBacktestDto(backtest),
    document,
    rules: progress.rules.map((tally) => toResult(tally, progress.scanned, intervalOf(span))),
  };
}

function toResult(tally: RuleTally, scanned: number, interval: 'hour' | 'day'): TriedRuleResultDto {
  const { id, title, level, events, matches, filtered, micros, by_time, hosts, users, samples } = tally;
  return {
    id,
    title,
    level,
    events,
    matches,
    filtered,
    matches_per_1000: scanned === 0 ? null : (matches * 1_000) / scanned,
    us_per_event: events === 0 ? null : micros / events,
    interval,
    by_time: Object.entries(by_time)
      .map(([start, count]) => ({ start, matches: count }))
      .sort((a, b) => (a.start < b.start ? -1 : 1)),
    hosts: [...mostFrequent(hosts, MOST_SHOWN)],
    users: [...mostFrequent(users, MOST_SHOWN)],
    sample_event_ids: [...samples],
  };
}
