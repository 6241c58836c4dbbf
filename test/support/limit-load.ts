import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RatePolicy } from '../../src/platform/rate-limit/rate-policy.js';

const SCRIPT = 'test/support/limit-clients.mjs';

export interface LimitLoad {
  readonly policy: RatePolicy;
  readonly clients: number;
  readonly milliseconds: number;
  readonly mostCost: number;
}

/** What one process of clients came to. */
export interface LoadReport {
  /** When it was decided, microseconds on the store's clock: one time of each millisecond. */
  readonly asked: readonly number[];
  /** The process's wall clock at the end, milliseconds. */
  readonly clock: number;
  /** What was admitted: microseconds on the store's clock, and the cost. */
  readonly admitted: readonly (readonly [at: number, cost: number])[];
}

/** Runs a process of clients in each environment; all begin together. */
export async function loadLimits(
  url: string,
  load: LimitLoad,
  environments: readonly Readonly<Record<string, string>>[],
): Promise<readonly LoadReport[]> {
  const processes = environments.map((environment) =>
    spawn(process.execPath, [SCRIPT, url, JSON.stringify(load)], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const outputs = processes.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
  await Promise.all(outputs.map((lines) => lines.next()));
  for (const { stdin } of processes) stdin.end('go\n');
  return Promise.all(outputs.map(async (lines) => JSON.parse(String((await lines.next()).value)) as LoadReport));
}

/**
 * The most that any window of what was admitted exceeds burst + rate × its length by, in units; below 0 where none does. Exact as long as
 * rate × duration in microseconds stays below 2^53.
 */
export function worstWindowExcess(admitted: readonly (readonly [at: number, cost: number])[], policy: RatePolicy): number {
  const { burst, count, periodMicros } = policy;
  const inOrder = admitted.toSorted(([a], [b]) => a - b);
  const [[start] = [0]] = inOrder;
  let sum = 0;
  let least = Infinity;
  let worst = -Infinity;
  for (const [at, cost] of inOrder) {
    const drained = (at - start) * count;
    least = Math.min(least, sum * periodMicros - drained);
    sum += cost;
    worst = Math.max(worst, sum * periodMicros - drained - least);
  }
  return worst / periodMicros - burst;
}

/** The most that a limiter had to let go because nobody asked for so long that it was full again, in units; 0 where somebody always asked. */
export function lostWhileNobodyAsked(asked: readonly number[], { burst, count, periodMicros }: RatePolicy, mostCost: number): number {
  const inOrder = asked.toSorted((a, b) => a - b);
  const lost = inOrder.map((at, i) => mostCost + ((at - (inOrder[i - 1] ?? at)) * count) / periodMicros - burst);
  return lost.reduce((sum, units) => sum + Math.max(0, units), 0);
}
