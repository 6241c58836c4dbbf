import type { RuleHeader } from '../rule-header.js';
import type { Threshold } from './threshold.js';

/** What a correlation counts; Sigma specification 2.1.0, "Correlation Types". */
export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
] as const;

export type CorrelationType = (typeof CORRELATION_TYPES)[number];

/** Field names that stand for an alias, by the rule that matched, as the document names it. */
export type Alias = ReadonlyMap<string, string>;

/** A correlation rule, read and checked by itself; what it refers to is not looked up yet. */
export interface CorrelationRule extends RuleHeader {
  readonly type: CorrelationType;
  /** Ids or names of rules, as the document has them; each once. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly aliases: ReadonlyMap<string, Alias>;
  /** Length of the sliding window, milliseconds. */
  readonly timespan: number;
  /** The same in the document's words: `15m`. */
  readonly timespanText: string;
  readonly threshold: Threshold;
  /** Fields whose values are counted or added up; empty where events are. */
  readonly fields: readonly string[];
  /** Which percentile of the values is compared, 0 to 100; without it the share that a value has. Only with `value_percentile`. */
  readonly percentile?: number;
  /** Whether the rules that it refers to alert by themselves too. */
  readonly generate: boolean;
  /** Whether the document says a level of its own. */
  readonly hasLevel: boolean;
}
