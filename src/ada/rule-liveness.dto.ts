import { ApiProperty } from '@nestjs/swagger';
import { SEVERITIES, type Severity } from '../contracts/severity.js';
import { SomeOf, SomeTexts } from '../platform/http/list-filter.js';
import { PageQuery, type Page } from '../platform/http/page.js';
import { LIVENESS_STATES, type LivenessFault, type LivenessState } from './domain/liveness/judge-canaries.js';
import type { LivenessSummary, ShownLiveness } from './rule-liveness.service.js';

const REASONS = ['not_matched', 'unreadable', 'matched', 'filtered'] as const;

/** Which rules are wanted; a filter given several times takes any of its values, different filters must all hold. */
export class RuleLivenessQuery extends PageQuery {
  /** How the rules are: `silent`, `noisy`. */
  @SomeOf(LIVENESS_STATES)
  state?: LivenessState[];

  /** Ids of rules. */
  @SomeTexts(512)
  rule_id?: string[];
}

/** A sample of a rule that did not do what its test says. */
export class LivenessFaultDto implements LivenessFault {
  /** Name of the test. */
  @ApiProperty({ example: 'somebody mistypes' })
  test: string;

  /** Position of the event in its test, from 0. */
  @ApiProperty({ example: 0 })
  event: number;

  /** The rule did not match what it has to, or matched what it must not; the event could not be read; or a filter left the match out. */
  @ApiProperty({ enum: REASONS, example: 'not_matched' })
  reason: LivenessFault['reason'];
}

/** Whether a rule is alive, as samples of it have shown on the way of the tenant's events. */
export class RuleLivenessDto implements ShownLiveness {
  @ApiProperty({ example: 'gatra.statistical.first-seen-spawn' })
  rule_id: string;

  title: string;

  /** Null where the rule is not in force any more. */
  @ApiProperty({ type: String, enum: SEVERITIES, nullable: true, example: 'high' })
  level: Severity | null;

  /** `no_sample` where the rule brings no test that it has to match, and no event could be derived from it. */
  @ApiProperty({ enum: LIVENESS_STATES, example: 'no_sample' })
  state: LivenessState;

  /** When its samples were last sent; null without samples. */
  @ApiProperty({ type: String, nullable: true, example: null })
  checked_at: string | null;

  /** When it was last found live. */
  @ApiProperty({ type: String, nullable: true, example: null })
  last_live_at: string | null;

  /** Since when it is in a state that is not `live`. */
  @ApiProperty({ type: String, nullable: true, example: null })
  not_live_since: string | null;

  /** Whether its sample was derived from what it asks, as it brings no test that it has to match. */
  @ApiProperty({ example: false })
  derived: boolean;

  /** At most ten. */
  @ApiProperty({ type: [LivenessFaultDto] })
  faults: LivenessFaultDto[];
}

/** A page of rules, ordered by id. */
export class RuleLivenessPage implements Page<RuleLivenessDto> {
  @ApiProperty({ type: [RuleLivenessDto] })
  items: RuleLivenessDto[];

  /** Give it as `cursor` for the next page. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;
}

/** How many rules were found how. */
export class LivenessSummaryDto implements LivenessSummary {
  @ApiProperty({ example: '2026-11-23T06:00:00.000Z' })
  checked_at: string;

  @ApiProperty({ example: 107 })
  live: number;

  @ApiProperty({ example: 0 })
  silent: number;

  @ApiProperty({ example: 0 })
  noisy: number;

  @ApiProperty({ example: 0 })
  filtered: number;

  @ApiProperty({ example: 20 })
  no_sample: number;
}
