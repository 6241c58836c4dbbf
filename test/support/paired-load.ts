import { setImmediate as nextTurn } from 'node:timers/promises';

/** How requests of two kinds are compared. */
export interface PairedPlan {
  readonly perSecond: number;
  /** Both kinds are sent in turn, each for so long, so that what the machine does besides meets both alike. */
  readonly sliceMs: number;
  /** Slices of each kind. */
  readonly slices: number;
}

type Send = (number: number) => Promise<unknown>;

/**
 * Sends requests of two kinds at one rate, whether or not those before are answered. Answers the times of each kind in milliseconds, from the
 * moment at which a request was due to its end: a machine that stands still delays what is not begun as well as what is under way. Each is sent at its
 * own moment, which is looked out for: a timer would send what is due in a millisecond at once.
 */
export async function pairedLoad(plan: PairedPlan, kinds: readonly [Send, Send]): Promise<readonly [number[], number[]]> {
  const times: readonly [number[], number[]] = [[], []];
  for (let slice = 0; slice < 2 * plan.slices; slice += 1) {
    const kind = slice % 2 === 0 ? 0 : 1;
    await sendSlice(plan, kinds[kind], times[kind]);
  }
  return times;
}

async function sendSlice({ perSecond, sliceMs }: PairedPlan, send: Send, times: number[]): Promise<void> {
  const begun = performance.now();
  const [count, everyMs] = [Math.round((perSecond * sliceMs) / 1_000), 1_000 / perSecond];
  const pending: Promise<void>[] = [];
  const sendOne = async (number: number): Promise<void> => {
    await send(number);
    times.push(performance.now() - begun - number * everyMs);
  };
  while (pending.length < count) {
    const due = Math.min(count, Math.floor((performance.now() - begun) / everyMs) + 1);
    while (pending.length < due) pending.push(sendOne(pending.length));
    await nextTurn();
  }
  await Promise.all(pending);
}

/** The time that a share of the requests did not pass. */
export function percentile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? Number.POSITIVE_INFINITY;
}
