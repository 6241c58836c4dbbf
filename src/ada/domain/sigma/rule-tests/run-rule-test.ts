import type { SecurityEvent } from '../../../../contracts/security-event.js';
import { toTenantId } from '../../../../contracts/tenant.js';
import { isRejection, parseEvent } from '../../../../events/parse-event.js';
import { CorrelationDetector } from '../correlation/correlation-detector.js';
import type { LinkedCorrelation } from '../correlation/link-correlations.js';
import { SigmaEngine } from '../sigma-engine.js';
import type { SigmaRule } from '../sigma-rule.js';
import { CacheBudget } from '../value-cache.js';
import { type RuleTest, TEST_ARRIVAL } from './rule-test.js';

/** What came of a rule's test. */
export interface RuleTestOutcome {
  /** What was not as the test says; empty where it passed. */
  readonly faults: readonly RuleTestFault[];
  /** How many events a detection rule matched, or how often a correlation fired. */
  readonly found: number;
}

/** Why a test failed. */
export interface RuleTestFault {
  /** Position of the event that shows it; not there where it is all of them together. */
  readonly event?: number;
  readonly reason: string;
}

const TENANT = toTenantId('rule-tests');

/** Asks a detection rule about each event of a test, by itself: no other rule, and no filter, has a say. */
export function testDetection(rule: SigmaRule, test: RuleTest): RuleTestOutcome {
  const engine = new SigmaEngine([rule], { cache: new CacheBudget(0) });
  const { events, faults } = readEvents(test);
  const found = events.filter((event) => engine.match(event).length > 0);
  const wrong = test.matches ? events.filter((event) => !found.includes(event)) : found;
  const reason = test.matches ? 'the rule does not match the event' : 'the rule matches the event';
  return { found: found.length, faults: [...faults, ...wrong.map(({ index }) => ({ event: index, reason }))] };
}

/** What a correlation works with: all that its rules refer to. */
export interface CorrelationSurroundings {
  readonly rules: readonly SigmaRule[];
  /** Those that others refer to come first. */
  readonly correlations: readonly LinkedCorrelation[];
}

/** Lets a correlation see the events of a test one after another, as one batch, with none before it. */
export function testCorrelation(id: string, { rules, correlations }: CorrelationSurroundings, test: RuleTest): RuleTestOutcome {
  const detector = new CorrelationDetector({ rules, correlations: neededFor(id, correlations) });
  detector.init();
  const { events, faults } = readEvents(test);
  const batch = { batch_id: 'rule-test', received_at: new Date(TEST_ARRIVAL).toISOString() };
  const found = detector.inspect(TENANT, events, batch).filter(({ rule }) => rule.id === id).length;
  const wrong = found > 0 !== test.matches;
  const reason = found === 0 ? 'the correlation does not fire' : `the correlation fires ${found === 1 ? 'once' : `${found} times`}`;
  return { found, faults: wrong ? [...faults, { reason }] : faults };
}

function neededFor(id: string, correlations: readonly LinkedCorrelation[]): readonly LinkedCorrelation[] {
  const needed = new Set([id]);
  for (const { rule, inputs } of correlations.toReversed()) if (needed.has(rule.id)) for (const { ruleId } of inputs) needed.add(ruleId);
  return correlations.filter(({ rule }) => needed.has(rule.id));
}

function readEvents({ events, format }: RuleTest): { readonly events: SecurityEvent[]; readonly faults: RuleTestFault[] } {
  const read: SecurityEvent[] = [];
  const faults: RuleTestFault[] = [];
  for (const [index, text] of events.entries()) {
    const event = parseEvent(text, { index, declared: format, receivedAt: TEST_ARRIVAL });
    if (isRejection(event)) faults.push({ event: index, reason: event.detail });
    else read.push(event);
  }
  return { events: read, faults };
}
