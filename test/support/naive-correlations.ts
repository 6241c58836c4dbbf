import type { LinkedCorrelation } from '../../src/ada/domain/sigma/correlation/link-correlations.js';

/** An event as the model takes it: its fields, and the ids of the rules that it matched. */
export interface ModelEvent {
  readonly index: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly ruleIds: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What fired: the correlation, the event at which it did, and what was counted (no further than one beyond the largest number it names). */
export interface ModelFiring {
  readonly rule: string;
  readonly event: string;
  readonly measure: number;
}

interface Seen {
  readonly time: number;
  readonly input: number;
  readonly value: unknown;
}

interface ModelGroup {
  readonly seen: Seen[];
  newest: number;
  firedAt: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Correlations by the letter and without a thought of cost, to hold the real ones to: every group keeps all that it ever saw, and everything
 * is counted anew for each event.
 */
export class NaiveCorrelations {
  private readonly groups = new Map<string, ModelGroup>();

  constructor(private readonly correlations: readonly LinkedCorrelation[]) {}

  take(batch: string, events: readonly ModelEvent[]): ModelFiring[] {
    const inOrder = [...events].sort((a, b) => a.time - b.time || a.index - b.index);
    return inOrder.flatMap((event) => this.takeOne(`${batch}.${event.index}`, event));
  }

  private takeOne(id: string, event: ModelEvent): ModelFiring[] {
    const fired: ModelFiring[] = [];
    const there = new Map<string, Fields[]>(event.ruleIds.map((ruleId) => [ruleId, [event.fields]]));
    for (const { rule, inputs } of this.correlations) {
      const counted = new Set<string>();
      for (const [input, { ruleId, groupBy, fields }] of [...inputs.entries()].reverse()) {
        for (const known of there.get(ruleId) ?? []) {
          const values = groupBy.map((name) => fold(known[name]));
          const value = fields.map((name) => known[name]);
          if ([...values, ...value].includes(undefined)) continue;
          const key = JSON.stringify([rule.id, values]);
          if (!rule.type.startsWith('temporal') && counted.has(key)) continue;
          counted.add(key);
          const measure = this.count(key, rule, { time: event.time, input, value });
          if (measure === undefined) continue;
          fired.push({ rule: rule.id, event: id, measure });
          const shown = Object.fromEntries(rule.groupBy.map((name, at) => [name, known[groupBy[at] ?? name]]));
          there.set(rule.id, [...(there.get(rule.id) ?? []), { ...event.fields, ...shown }]);
        }
      }
    }
    return fired;
  }

  private count(key: string, rule: LinkedCorrelation['rule'], seen: Seen): number | undefined {
    const group = this.groups.get(key) ?? { seen: [], newest: seen.time, firedAt: -Infinity };
    this.groups.set(key, group);
    group.seen.push(seen);
    group.newest = Math.max(group.newest, seen.time);
    const within = group.seen.filter(({ time }) => time > group.newest - rule.timespan).sort((a, b) => a.time - b.time);
    if (!within.includes(seen)) return undefined;
    const isSilent = group.firedAt > group.newest - rule.timespan;
    const measure = measureOf(rule, within, seen);
    if (isSilent || !rule.threshold.every(({ operator, than }) => HOLDS[operator](measure, than))) return undefined;
    group.firedAt = group.newest;
    const most = Math.max(...rule.threshold.map(({ than }) => than)) + 1;
    return rule.type.endsWith('_count') ? Math.min(measure, most) : measure;
  }
}

const HOLDS = {
  gt: (a: number, b: number): boolean => a > b,
  gte: (a: number, b: number): boolean => a >= b,
  lt: (a: number, b: number): boolean => a < b,
  lte: (a: number, b: number): boolean => a <= b,
  eq: (a: number, b: number): boolean => a === b,
  neq: (a: number, b: number): boolean => a !== b,
} as const;

function measureOf(rule: LinkedCorrelation['rule'], within: readonly Seen[], latest: Seen): number {
  const numbers = within.map(({ value }) => Number((value as unknown[])[0]));
  const texts = within.map(({ value }) => JSON.stringify((value as unknown[]).map(fold)));
  switch (rule.type) {
    case 'event_count':
      return within.length;
    case 'value_count':
      return new Set(texts).size;
    case 'value_sum':
      return numbers.reduce((sum, value) => sum + value, 0);
    case 'value_avg':
      return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    case 'value_percentile': {
      const { percentile } = rule;
      if (percentile === undefined) return (100 * texts.filter((text) => text === texts[within.indexOf(latest)]).length) / texts.length;
      const isReached = (value: number): boolean => 100 * numbers.filter((other) => other <= value).length >= percentile * numbers.length;
      return Math.min(...numbers.filter(isReached));
    }
    case 'temporal':
      return new Set(within.map(({ input }) => input)).size;
    case 'temporal_ordered':
      return within.reduce((length, { input }) => (input === length ? length + 1 : length), 0);
  }
}

function fold(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? `${value}`.toLowerCase() : undefined;
}
