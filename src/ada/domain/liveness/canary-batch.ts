import type { RuleTest } from '../sigma/rule-tests/rule-test.js';
import type { RuleSample, RuleSamples } from './rule-sample.js';

/** Samples as bytes, as somebody would send them; what they are stands beside them and not in them. */
export interface CanaryBatch {
  readonly declared: RuleTest['format'];
  /** One event a line. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of each line the id of the rule that it is a sample of; a single id where all lines are one sample. */
  readonly rules: readonly string[];
  /** Whether the lines belong together, and are a correlation's. */
  readonly isTogether: boolean;
}

/**
 * What became of a sample: the rule matched it, it matched and a filter left that out, it did not match, or the sample was no event to the parser.
 */
export type CanaryOutcome = 'matched' | 'left_out' | 'unmatched' | 'unreadable';

/** A sample that was asked about, and whose. */
export type AskedSample = Pick<RuleSample, 'test' | 'event' | 'matches'> & { readonly rule: string };

/** A batch, and what it asks, in the order of its outcomes. */
export interface PreparedBatch {
  readonly batch: CanaryBatch;
  readonly asked: readonly AskedSample[];
}

const MOST_LINES = 256;
const MOST_CHARACTERS = 512 * 1024;

/** Writes samples as batches: those of detection rules by format, a few hundred together; each of a correlation by itself. */
export function prepareCanaries(rules: readonly RuleSamples[]): readonly PreparedBatch[] {
  const prepared: PreparedBatch[] = [];
  const open = new Map<RuleTest['format'], { texts: string[]; asked: AskedSample[]; characters: number }>();
  const close = (declared: RuleTest['format']): void => {
    const one = open.get(declared);
    if (!one) return;
    open.delete(declared);
    prepared.push({ batch: toBatch(declared, one.texts, one.asked, false), asked: one.asked });
  };
  for (const { id, kind, samples } of rules) {
    for (const { format, texts, test, event, matches } of samples) {
      const asked = { rule: id, test, event, matches };
      if (kind === 'correlation') {
        prepared.push({ batch: toBatch(format, texts, [asked], true), asked: [asked] });
        continue;
      }
      const one = open.get(format) ?? { texts: [], asked: [], characters: 0 };
      open.set(format, one);
      one.texts.push(...texts);
      one.asked.push(asked);
      one.characters += texts.reduce((sum, { length }) => sum + length, 0);
      if (one.texts.length >= MOST_LINES || one.characters >= MOST_CHARACTERS) close(format);
    }
  }
  for (const declared of open.keys()) close(declared);
  return prepared;
}

function toBatch(declared: RuleTest['format'], texts: readonly string[], asked: readonly AskedSample[], isTogether: boolean): CanaryBatch {
  const body = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(''));
  return { declared, body, rules: asked.map(({ rule }) => rule), isTogether };
}
