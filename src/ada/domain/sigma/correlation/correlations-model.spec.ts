import fc from 'fast-check';
import { type ModelEvent, type ModelFiring, NaiveCorrelations } from '../../../../../test/support/naive-correlations.js';
import type { SecurityEvent } from '../../../../contracts/security-event.js';
import type { SigmaRule } from '../sigma-rule.js';
import { decodeCorrelations, encodeCorrelations } from './correlation-snapshot.js';
import { CORRELATION_TYPES } from './correlation-rule.js';
import { Correlator } from './correlator.js';
import { type LinkedCorrelation, linkCorrelations } from './link-correlations.js';
import { inOrderOfTime } from './matched-events.js';
import { parseCorrelation } from './parse-correlation.js';
import { TenantCorrelations } from './tenant-correlations.js';

const BASES = ['a', 'b', 'c'];
const FIELDS = ['user', 'host', 'peer'];
const START = Date.UTC(2026, 0, 1);
const RUNS = 400;

const base = (id: string): SigmaRule => ({
  id,
  title: id,
  author: 'x',
  level: 'low',
  license: 'x',
  logsource: {},
  means: { categories: [], services: [] },
  falsepositives: [],
  tags: [],
  techniques: [],
  tactics: [],
  detection: { kind: 'and', of: [] },
});

/** A correlation over base rules and correlations before it. */
const correlation = (position: number): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .record({
      type: fc.constantFrom(...CORRELATION_TYPES),
      rules: fc.uniqueArray(fc.constantFrom(...BASES, ...Array.from({ length: position }, (_, at) => `k${at}`)), {
        minLength: 1,
        maxLength: 3,
      }),
      groupBy: fc.uniqueArray(fc.constantFrom(...FIELDS), { maxLength: 2 }),
      seconds: fc.integer({ min: 1, max: 90 }),
      operator: fc.constantFrom('gt', 'gte', 'gte', 'gte', 'lt', 'lte', 'eq', 'neq'),
      than: fc.integer({ min: 1, max: 4 }),
      percentile: fc.option(fc.integer({ min: 0, max: 100 })),
      aliased: fc.boolean(),
      range: fc.boolean(),
    })
    .map(({ type, rules, groupBy, seconds, operator, than, percentile, aliased, range }) => {
      const temporal = type.startsWith('temporal');
      const counted = !temporal && type !== 'event_count';
      const share = type === 'value_percentile' && percentile === null;
      const condition = {
        ...(counted ? { field: share || type === 'value_count' ? 'peer' : 'size' } : {}),
        ...(type === 'value_percentile' && percentile !== null ? { percentile } : {}),
        ...(range && !temporal ? { gte: than, lt: than + 2 } : { [operator]: share ? than * 20 : than }),
      };
      return {
        title: `correlation ${position}`,
        id: `k${position}`,
        correlation: {
          type,
          rules,
          'group-by': groupBy,
          timespan: `${seconds}s`,
          ...(temporal && operator !== 'gte' ? {} : { condition: temporal ? { gte: Math.min(than, rules.length) } : condition }),
          ...(aliased ? { aliases: { user: { [rules[0] ?? '']: 'peer' } } } : {}),
        },
      };
    });

const correlations: fc.Arbitrary<readonly LinkedCorrelation[]> = fc
  .tuple(correlation(0), correlation(1), correlation(2), correlation(3))
  .map((documents) => {
    const { correlations: linked, refused } = linkCorrelations(BASES.map(base), documents.map(parseCorrelation));
    expect(refused).toEqual([]);
    return linked;
  });

interface Step {
  readonly events: readonly ModelEvent[];
  readonly restart: boolean;
}

const name = fc.constantFrom('ann', 'Ann', 'bob', 'eve');

/** Batches whose times go on by seconds, now and then by hours; events lie up to ten minutes behind. */
const stream: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.record({
      pause: fc.constantFrom(0, 1, 5, 20, 60, 60, 10_000),
      restart: fc.boolean(),
      events: fc.array(
        fc.record({
          behind: fc.constantFrom(0, 0, 0, 1, 3, 10, 30, 600),
          ruleIds: fc.uniqueArray(fc.constantFrom(...BASES), { minLength: 1, maxLength: 3 }),
          fields: fc.record(
            { user: name, host: name, peer: name, size: fc.integer({ min: 0, max: 5 }) },
            { requiredKeys: ['user', 'size'] },
          ),
        }),
        { minLength: 1, maxLength: 16, size: 'max' },
      ),
    }),
    { minLength: 1, maxLength: 20, size: 'max' },
  )
  .map((batches) => {
    let now = START;
    return batches.map(({ pause, restart, events }) => {
      now += pause * 1_000;
      const at = now;
      return { restart, events: events.map(({ behind, ...event }, index) => ({ ...event, index, time: at - behind * 1_000 })) };
    });
  });

function run(linked: readonly LinkedCorrelation[], steps: readonly Step[]): ModelFiring[] {
  const correlator = new Correlator(linked);
  let state = new TenantCorrelations(linked);
  return steps.flatMap(({ events, restart }, number) => {
    const batch = `b${number}`;
    const matched = events.map(({ index, time, ruleIds, fields }) => ({
      event: { index, time, field: (field: string) => (fields as Record<string, unknown>)[field] } as SecurityEvent,
      ruleIds,
      time,
    }));
    const found = inOrderOfTime(matched).flatMap((one) =>
      correlator.take(state, batch, one).map(({ correlation: { rule }, event, measure, evidence }) => {
        expect(evidence.length).toBeGreaterThan(0);
        return { rule: rule.id, event: `${batch}.${event.index}`, measure };
      }),
    );
    state.advance(Math.max(...events.map(({ time }) => time)));
    const kept = restart ? encodeCorrelations(state, linked) : null;
    if (kept !== null) state = decodeCorrelations(kept, linked) as TenantCorrelations;
    expect([state.evicted, state.sightingCount]).toEqual([0, countSightings(state)]);
    return found;
  });
}

function countSightings(state: TenantCorrelations): number {
  return state.inOrder().reduce((count, { window }) => count + window.length, 0);
}

describe('correlations and their model', () => {
  it('R02 fire for the same events with the same counts, over random rules and events, restarted at any batch', () => {
    let events = 0;
    let firings = 0;
    fc.assert(
      fc.property(correlations, stream, (linked, steps) => {
        const model = new NaiveCorrelations(linked);
        const expected = steps.flatMap((step, number) => model.take(`b${number}`, step.events));
        events += steps.reduce((sum, step) => sum + step.events.length, 0);
        firings += expected.length;
        expect(run(linked, steps)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
    expect(events).toBeGreaterThan(20_000);
    expect(firings).toBeGreaterThan(1_000);
  });
});
