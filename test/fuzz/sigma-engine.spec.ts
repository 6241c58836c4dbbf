import fc from 'fast-check';
import { compileOperatorPattern } from '../../src/ada/adapters/linear-pattern.js';
import { readLogsources } from '../../src/ada/adapters/logsource-files.js';
import { parseRule } from '../../src/ada/domain/sigma/parse-rule.js';
import { SigmaEngine } from '../../src/ada/domain/sigma/sigma-engine.js';
import { CacheBudget } from '../../src/ada/domain/sigma/value-cache.js';
import type { SecurityEvent } from '../../src/contracts/security-event.js';
import { isRejection, parseEvent } from '../../src/events/parse-event.js';
import { PlainSigma } from '../support/sigma/plain-sigma.js';
import { type RandomEvent, randomEvent } from '../support/sigma/random-events.js';
import { PLACEHOLDERS, type RandomRule, randomRule } from '../support/sigma/random-rules.js';
import { LOGSOURCES, ORIGINS } from '../support/sigma/random-sources.js';
import { FEATURES, featuresOf } from '../support/sigma/rule-features.js';

const RUNS = 110;
const RULES = 32;
const EVENTS = 32;
const FEWEST = 40;

const model = new PlainSigma(PLACEHOLDERS);
const context = {
  compilePattern: compileOperatorPattern,
  placeholders: new Map(Object.entries(PLACEHOLDERS)),
  logsources: readLogsources(),
};

/** Pairs in which a rule with a feature held, and in which it did not though its log source meant the event. */
interface Seen {
  held: number;
  failed: number;
}

describe('the engine against a plain evaluation of the same rules', () => {
  const seen = new Map<string, Seen>();
  let pairs = 0;

  it('R02 agrees on 100,000 random pairs of rule and event, whatever it may remember', () => {
    fc.assert(
      fc.property(
        fc.array(randomRule, { minLength: RULES, maxLength: RULES, size: 'max' }),
        fc.array(randomEvent, { minLength: EVENTS, maxLength: EVENTS, size: 'max' }),
        fc.constantFrom(0, 600, 1 << 20),
        (rules, events, cacheBytes) => {
          const engine = new SigmaEngine(rules.map(toRule), { cache: new CacheBudget(cacheBytes) });
          const asked = events.map((event) => [event, toEvent(event)] as const);
          for (const [event, read] of [...asked, ...asked.slice(0, EVENTS / 4)]) {
            const found = engine.match(read).map(({ id }) => id);
            const wanted = expected(rules, event, read);
            if (found.join() !== wanted.join()) throw new Error(difference(rules, { found, wanted, event, json: read.json }));
          }
        },
      ),
      { numRuns: RUNS, seed: 20_261_123, endOnFailure: true },
    );
    expect(pairs).toBeGreaterThanOrEqual(100_000);
  });

  it('R02 has met every modifier, form and kind of value, holding and not', () => {
    const rare = FEATURES.filter((feature) => {
      const { held, failed } = seen.get(feature) ?? { held: 0, failed: 0 };
      return held < FEWEST || failed < FEWEST;
    });
    expect(rare).toEqual([]);
  });

  function expected(rules: readonly RandomRule[], event: RandomEvent, read: SecurityEvent): string[] {
    const asked = { field: (name: string) => read.field(name), values: () => scalars(event.fields) };
    return rules.flatMap(({ source, detection }, number) => {
      pairs++;
      if (LOGSOURCES[source]?.[1].includes(event.origin) !== true) return [];
      const holds = model.holds(detection, asked);
      for (const feature of featuresOf(detection)) {
        const counted = seen.get(feature) ?? { held: 0, failed: 0 };
        counted[holds ? 'held' : 'failed']++;
        seen.set(feature, counted);
      }
      return holds ? [idOf(number)] : [];
    });
  }
});

/** One rule and the event that it is about are small enough to be read, so nothing is shrunk. */
function difference(
  rules: readonly RandomRule[],
  { found, wanted, event, json }: { found: readonly string[]; wanted: readonly string[]; event: RandomEvent; json: string | undefined },
): string {
  const about = rules.flatMap((rule, number) => (found.includes(idOf(number)) === wanted.includes(idOf(number)) ? [] : [rule]));
  const [first] = about;
  const engine =
    first !== undefined && found.includes(idOf(rules.indexOf(first))) ? 'holds in the engine alone' : 'holds in the model alone';
  return `${JSON.stringify(first)} ${engine}: ${event.origin} ${json}`;
}

function idOf(number: number): string {
  return `r${String(number).padStart(3, '0')}`;
}

function toRule({ source, detection }: RandomRule, number: number): ReturnType<typeof parseRule> {
  return parseRule({ title: 'A rule', id: idOf(number), level: 'low', logsource: LOGSOURCES[source]?.[0], detection }, context);
}

/** The event as it is read from its JSON, with an origin put upon it. */
function toEvent({ fields, origin, escaped }: RandomEvent): SecurityEvent {
  const plain = JSON.stringify(fields);
  const json = escaped === '/' ? plain.replaceAll('/', '\\/') : escaped === 'b' ? plain.replaceAll('b', '\\u0062') : plain;
  const read = parseEvent(json, { index: 0, declared: 'generic', receivedAt: 0 });
  if (isRejection(read)) throw new Error(read.detail);
  return {
    index: 0,
    format: 'generic',
    origin: ORIGINS[origin],
    time: 0,
    timeAssumed: true,
    field: (name) => read.field(name),
    values: () => read.values(),
    json,
    normalized: read.normalized,
    entities: [],
  };
}

function scalars(value: unknown): string[] {
  if (typeof value === 'object') return Object.values(value ?? {}).flatMap(scalars);
  return [String(value as string | number | boolean)];
}
