import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { DETECTORS, type DetectorKind } from '../contracts/detection.js';
import type { RuleDay } from '../contracts/rule-alerts.js';
import { RuleReferenceDto } from '../platform/contract-dto/entity.dto.js';
import type { Page } from '../platform/http/page.js';
import { sortWords } from '../platform/http/sort.js';
import { type Scorecard, SCORECARD_SORTS } from './domain/scorecard/scorecard.js';
import { RuleQuery } from './rules.dto.js';
import { SomeDays, USUAL_DAYS } from './some-days.js';

const SORTS = sortWords(SCORECARD_SORTS);

/** Which days a scorecard is of. */
export class ScorecardQuery {
  @SomeDays()
  days: number = USUAL_DAYS;
}

/** Which scorecards are wanted, as in the list of rules; of a rule that is gone there is no type and no log source to go by. */
export class ScorecardListQuery extends RuleQuery {
  @SomeDays()
  days: number = USUAL_DAYS;

  /** What to sort by; `-` in front for the highest or latest first. `noise` goes by what it is at least, and by alerts where nothing was judged. */
  @ApiProperty({ required: false, enum: SORTS, default: '-noise' })
  @IsIn(SORTS)
  @IsOptional()
  sort: (typeof SORTS)[number] = '-noise';
}

/** A UTC day on which a rule raised alerts. */
export class ScorecardDayDto implements RuleDay {
  @ApiProperty({ example: '2026-11-21' })
  date: string;

  @ApiProperty({ example: 3 })
  alerts: number;

  @ApiProperty({ example: 3 })
  matches: number;
}

/** How a rule did: what it raised in some days, and what analysts said of that. */
export class ScorecardDto implements Scorecard {
  @ApiProperty({ type: RuleReferenceDto })
  rule: RuleReferenceDto;

  @ApiProperty({ enum: DETECTORS, example: 'sigma' })
  detector: DetectorKind;

  /** False where the rule is gone and its alerts are what is known of it. */
  in_force: boolean;

  /** The first of the days, in UTC. */
  @ApiProperty({ example: '2026-10-23' })
  first_day: string;

  /** The last, which is today. */
  @ApiProperty({ example: '2026-11-21' })
  last_day: string;

  /** Events, or for a correlation groups of events, that it matched; null where the rule raises no alerts, so that its matches are not kept. */
  @ApiProperty({ type: Number, nullable: true, example: 14 })
  matches: number | null;

  /** Alerts raised; fewer than matches where these came so fast that they were folded into storm alerts. */
  @ApiProperty({ example: 14 })
  alerts: number;

  /** Alerts by the last word that an analyst had on them; with those unjudged they add up to `alerts`. */
  @ApiProperty({ example: 1 })
  true_positives: number;

  @ApiProperty({ example: 8 })
  false_positives: number;

  @ApiProperty({ example: 1 })
  benign_positives: number;

  @ApiProperty({ example: 4 })
  unjudged: number;

  /** Share of the judged alerts that were false, 0 to 1; null where none was judged. */
  @ApiProperty({ type: Number, nullable: true, example: 0.8 })
  noise: number | null;

  /** What the noise is at least, with 95 % confidence: the fewer alerts were judged, the further below. */
  @ApiProperty({ type: Number, nullable: true, example: 0.49 })
  noise_at_least: number | null;

  /** When the first alert of these days was raised. */
  @ApiProperty({ type: String, nullable: true, example: '2026-11-02T07:12:45.120Z' })
  first_seen_at: string | null;

  /** When the last was. */
  @ApiProperty({ type: String, nullable: true, example: '2026-11-21T09:30:00.000Z' })
  last_seen_at: string | null;

  /**
   * What the rule costs by itself for an event like its samples, in µs, the same for all tenants; together rules share what they ask, and cost less. Null for what has
   * no sample, for correlations and what is no Sigma rule, and until it was measured, which begins when somebody first asks for a scorecard.
   */
  @ApiProperty({ type: Number, nullable: true, example: 0.84 })
  cost_us: number | null;

  /** The days on which it raised alerts. */
  @ApiProperty({ type: [ScorecardDayDto] })
  days: ScorecardDayDto[];
}

/** A page of scorecards. */
export class ScorecardPage implements Page<ScorecardDto> {
  @ApiProperty({ type: [ScorecardDto] })
  items: ScorecardDto[];

  /** Give it as `cursor` for the next page. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;
}
