import { deriveSample } from './derive-sample.js';
import type { RuleSample, RuleSamples } from './rule-sample.js';
import type { RuleTest } from '../sigma/rule-tests/rule-test.js';
import type { SigmaDocument } from '../sigma/read-document.js';
import type { SigmaRule } from '../sigma/sigma-rule.js';
import { NEVER } from '../sigma/tenant-detection.js';

const MOST_OF_A_KIND = 20;
const MOST_TOGETHER = 100;
const MOST_CHARACTERS = 64 * 1024;
const MOST_CHARACTERS_IN_ALL = 32 * 1024 * 1024;

/**
 * Gathers the samples of rules: of each rule the first 20 that it has to match and the first 20 that it must not, a correlation's of at most 100 events each,
 * and 64 Ki characters of a rule; 32 Mi characters in all. Of a detection rule without
 * one that it has to match one is derived, where that can be done.
 */
export class SampleBook {
  private readonly sampled: RuleSamples[] = [];
  /** Rules without a sample that they have to match, and what they must not. */
  private readonly bare: { readonly rule: SigmaRule; readonly unwanted: readonly RuleSample[] }[] = [];
  private left: number;

  /** @param characters of all samples together. */
  constructor(characters = MOST_CHARACTERS_IN_ALL) {
    this.left = characters;
  }

  /** Notes the tests of a document, but not of a rule that only looks for values of single tenants: its samples are written for nobody. */
  add(document: SigmaDocument): void {
    if (document.kind === 'filter') return;
    if (document.kind === 'detection' && document.rule.detection === NEVER) return;
    const { kind, tests } = document;
    const { id, title } = document.rule;
    const budget = { characters: Math.min(MOST_CHARACTERS, this.left) };
    const before = budget.characters;
    const wanted = samplesOf(kind, tests, true, budget);
    const unwanted = samplesOf(kind, tests, false, budget);
    if (wanted.length === 0 && kind === 'correlation') return;
    this.left -= before - budget.characters;
    if (wanted.length > 0) this.sampled.push({ id, title, kind, samples: [...wanted, ...unwanted], isDerived: false });
    else if (kind === 'detection') this.bare.push({ rule: document.rule, unwanted });
  }

  /** All samples; those that have to be derived are derived now. */
  take(): readonly RuleSamples[] {
    return [...this.each()];
  }

  /** The same, one rule after another, each derived when its turn comes. */
  *each(): Generator<RuleSamples, void> {
    yield* this.sampled;
    let { left } = this;
    for (const { rule, unwanted } of this.bare) {
      const derived = deriveSample(rule);
      left -= derived?.texts[0]?.length ?? 0;
      if (left < 0) break;
      if (derived) yield { id: rule.id, title: rule.title, kind: 'detection', samples: [derived, ...unwanted], isDerived: true };
    }
  }
}

function samplesOf(
  kind: RuleSamples['kind'],
  tests: readonly RuleTest[],
  matches: boolean,
  budget: { characters: number },
): readonly RuleSample[] {
  const samples: RuleSample[] = [];
  for (const { name: test, format, events, matches: has } of tests) {
    if (has !== matches) continue;
    const pieces = kind === 'correlation' ? [events] : events.map((text) => [text]);
    for (const [event, texts] of pieces.entries()) {
      const characters = texts.reduce((sum, { length }) => sum + length, 0);
      if (samples.length >= MOST_OF_A_KIND || texts.length > MOST_TOGETHER || characters > budget.characters) continue;
      budget.characters -= characters;
      samples.push({ test, event, matches, format, texts });
    }
  }
  return samples;
}
