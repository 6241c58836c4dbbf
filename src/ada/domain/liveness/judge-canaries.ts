import type { AskedSample, CanaryOutcome } from './canary-batch.js';

/** How a rule can be not live. */
export const NOT_LIVE = ['silent', 'noisy', 'filtered'] as const;

export type NotLive = (typeof NOT_LIVE)[number];

/** How a rule is found: `no_sample` where nothing could show it. */
export const LIVENESS_STATES = ['live', ...NOT_LIVE, 'no_sample'] as const;

export type LivenessState = (typeof LIVENESS_STATES)[number];

/** A sample that was not as its test says. */
export interface LivenessFault {
  readonly test: string;
  /** Position of the event in its test. */
  readonly event: number;
  readonly reason: 'not_matched' | 'unreadable' | 'matched' | 'filtered';
}

/** What samples showed of a rule that is not live. */
export interface LivenessFinding {
  readonly state: NotLive;
  /** At most ten. */
  readonly faults: readonly LivenessFault[];
}

const MOST_FAULTS = 10;

/**
 * Says which rules are not live. A rule is silent where it did not match something that it has to match; else noisy where it matched something that it must
 * not; else filtered where all that it matched was left out by filters.
 * @param outcomes one for each sample, in the order of `asked`.
 */
export function judgeCanaries(asked: readonly AskedSample[], outcomes: readonly CanaryOutcome[]): ReadonlyMap<string, LivenessFinding> {
  const found = new Map<string, LivenessFinding>();
  const samples = asked.map((sample, at) => ({ ...sample, outcome: outcomes[at] ?? 'unmatched' }));
  for (const [rule, of] of Map.groupBy(samples, (sample) => sample.rule)) {
    const finding = judge(of);
    if (finding) found.set(rule, finding);
  }
  return found;
}

type Tried = AskedSample & { readonly outcome: CanaryOutcome };

function judge(samples: readonly Tried[]): LivenessFinding | undefined {
  const wanted = samples.filter(({ matches }) => matches);
  const missed = wanted.filter(({ outcome }) => outcome === 'unmatched' || outcome === 'unreadable');
  if (missed.length > 0) {
    return finding('silent', missed, ({ outcome }) => (outcome === 'unreadable' ? 'unreadable' : 'not_matched'));
  }
  const struck = samples.filter(({ matches, outcome }) => !matches && (outcome === 'matched' || outcome === 'left_out'));
  if (struck.length > 0) return finding('noisy', struck, () => 'matched');
  if (wanted.some(({ outcome }) => outcome === 'matched')) return undefined;
  return finding('filtered', wanted, () => 'filtered');
}

function finding(state: NotLive, samples: readonly Tried[], reasonOf: (sample: Tried) => LivenessFault['reason']): LivenessFinding {
  return { state, faults: samples.slice(0, MOST_FAULTS).map((one) => ({ test: one.test, event: one.event, reason: reasonOf(one) })) };
}
