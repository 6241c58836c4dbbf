import fc from 'fast-check';
import type { NewChunk } from '../../src/mssp/ingest/domain/event-store.js';
import type { AuditEntry } from '../../src/platform/audit/audit-record.js';
import { batch, chunk, detection, record, TENANT, windowsIdentity } from '../contract/event-store-fixtures.js';

const MARCH = Date.parse('2026-03-30T12:00:00Z');
const DAY_MS = 86_400_000;
const LARGEST_TEXT = 9_000;

/** One thing that a store is asked for; it is acknowledged when it is done. */
export type Step =
  | { readonly do: 'append'; readonly chunk: NewChunk }
  | { readonly do: 'settle'; readonly settled: NewChunk['settled'] }
  | { readonly do: 'audit'; readonly entry: AuditEntry }
  | { readonly do: 'replace'; readonly content: string }
  | { readonly do: 'damage'; readonly month: string; readonly batch: string }
  | { readonly do: 'release' | 'restart' | 'read' };

/** What a step is to be, before there is anything in it. `days` go by before it. */
interface Outline {
  readonly do: 'append' | (typeof KINDS)[number];
  readonly days: number;
  readonly events: number;
  /** Of each event, 0 to 1 of what is most. */
  readonly size: number;
}

const KINDS = ['settle', 'audit', 'replace', 'release', 'restart'] as const;

const outline: fc.Arbitrary<Outline> = fc.record({
  do: fc.oneof(
    { weight: 8, arbitrary: fc.constant('append' as const) },
    {
      weight: 8,
      arbitrary: fc.constantFrom(...KINDS),
    },
  ),
  days: fc.constantFrom(0, 0, 0, 1, 10),
  events: fc.integer({ min: 1, max: 6 }),
  size: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** A plan that follows from a seed. */
export function anyPlan(seed: number, steps: number): readonly Step[] {
  return planOf(fc.sample(fc.array(outline, { minLength: steps, maxLength: steps }), { seed, numRuns: 1 })[0] ?? []);
}

/** Fills outlines in: every event, entry and content is another one. Days that go by have event files take turns. */
function planOf(outlines: readonly Outline[]): readonly Step[] {
  let [now, number] = [MARCH, 0];
  let unsettled: string[] = [];
  return outlines.map((outline, at): Step => {
    now += 1_000 + outline.days * DAY_MS;
    switch (outline.do) {
      case 'append': {
        const records = Array.from({ length: outline.events }, (_, index) => {
          const text = `{"EventID":1,"n":${(number += 1)},"fill":"${fillOf(number, outline.size)}"}`;
          return record(index, text, { identity: windowsIdentity(number) });
        });
        const one = batch(records, { received_at: now, detections: [detection(0)] });
        unsettled.push(one.batch_id);
        const claimed = { ...one, idempotency: { key: `key-${at}`, digest: 'd'.repeat(64) } };
        return { do: 'append', chunk: chunk([claimed], { terms: new Set(['host:ws-1', `step:${at}`]) }) };
      }
      case 'settle': {
        const settled = unsettled.map((batch_id) => ({ batch_id, alerts: 1 }));
        unsettled = [];
        return { do: 'settle', settled };
      }
      case 'audit':
        return { do: 'audit', entry: entryOf(at) };
      case 'replace':
        return { do: 'replace', content: `content ${at} ${fillOf(at, outline.size)}` };
      case 'release':
      case 'restart':
        return { do: outline.do };
    }
  });
}

/** How many events each chunk of a plan of a repair has. */
export const REPAIRED_EVENTS = 3;

/** A plan in which one chunk of a file that was closed becomes unreadable, and the file is repaired when it is next opened. */
export function planOfRepair(appends: number): readonly Step[] {
  const plain = planOf(Array.from({ length: appends }, () => ({ do: 'append', days: 0, events: REPAIRED_EVENTS, size: 0.2 })));
  const steps = plain.map((step): Step =>
    step.do === 'append' ? { ...step, chunk: { ...step.chunk, learned: Buffer.from('learned') } } : step,
  );
  const hurt = steps[Math.floor(appends / 2)];
  const batch = hurt?.do === 'append' ? (hurt.chunk.batches[0]?.batch_id ?? '') : '';
  const month = new Date(MARCH).toISOString().slice(0, 7);
  return [...steps, { do: 'release' }, { do: 'damage', month, batch }, { do: 'read' }];
}

/** The plan as the process that follows it reads it. */
export function planFile(steps: readonly Step[]): string {
  const plain = steps.map((step) => {
    if (step.do !== 'append') return step;
    const batches = step.chunk.batches.map((one) => ({
      ...one,
      records: one.records.map(({ bytes, ...rest }) => ({ ...rest, text: Buffer.from(bytes).toString() })),
    }));
    const { learned } = step.chunk;
    return {
      do: 'append',
      chunk: { ...step.chunk, terms: [...step.chunk.terms], batches, learned: learned && Buffer.from(learned).toString() },
    };
  });
  return JSON.stringify({ tenant: TENANT, steps: plain });
}

function entryOf(at: number): AuditEntry {
  return {
    action: 'test.done',
    actor: { type: 'system', id: 'test' },
    target: { type: 'step', id: `step-${at}` },
    outcome: 'success',
    correlation_id: `req-${at}`,
  };
}

/** Text that does not compress to nothing. */
function fillOf(number: number, size: number): string {
  let [state, text] = [number, ''];
  const length = Math.floor(size * LARGEST_TEXT);
  while (text.length < length) text += (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0).toString(36);
  return text.slice(0, length);
}
