import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadReport } from '../../src/cli/load/load-report.js';
import type { BuiltApp } from './built-app.js';
import { runGatra } from './run-gatra.js';

const SAMPLE_MS = 5_000;

/** What an app's process holds at a moment. */
export interface ProcessSample {
  readonly seconds: number;
  readonly rssMiB: number;
  /** What the last full collections of its threads left of their heaps; undefined before the first of each. */
  readonly liveMiB: number | undefined;
  readonly files: number;
}

/** Runs `gatra load` against an app with these options. @throws Error with what it wrote where it made no report. */
export async function load(app: BuiltApp, options: readonly string[]): Promise<LoadReport> {
  const args = ['load', '--credentials', `${app.dataDir}/bootstrap.json`, '--url', app.baseUrl, '--json', '-', ...options];
  const { out, err } = await runGatra(args, {});
  if (out === '') throw new Error(err);
  return JSON.parse(out) as LoadReport;
}

/** Looks at an app's memory and open files every 5 s until `work` is done, and once more then. */
export async function watched<T>(app: BuiltApp, work: () => Promise<T>): Promise<{ result: T; samples: readonly ProcessSample[] }> {
  const samples: ProcessSample[] = [];
  const begun = performance.now();
  const progress = { isDone: false };
  const look = async (): Promise<void> => {
    const liveMiB = await liveHeap(app);
    samples.push({ seconds: (performance.now() - begun) / 1_000, ...holdings(app), liveMiB });
  };
  const working = work().finally(() => (progress.isDone = true));
  while (!progress.isDone) {
    await look();
    await Promise.race([sleep(SAMPLE_MS), working.catch(() => undefined)]);
  }
  await look();
  return { result: await working, samples };
}

/**
 * How fast the memory that is needed grows after `warmUp` of the time, in MiB per ten minutes (least squares). Of the process's whole memory the allocators
 * and the collectors decide, by how much they put off.
 */
export function memorySlope(samples: readonly ProcessSample[], warmUp = 0.4): number {
  const end = samples.at(-1)?.seconds ?? 0;
  const warm = samples.flatMap(({ seconds, liveMiB }) => (seconds < end * warmUp || liveMiB === undefined ? [] : [{ seconds, liveMiB }]));
  if (warm.length < 10) throw new Error('too few full collections to tell how memory grows');
  const mean = (pick: (sample: (typeof warm)[number]) => number): number =>
    warm.reduce((sum, sample) => sum + pick(sample), 0) / warm.length;
  const seconds = mean((sample) => sample.seconds);
  const live = mean((sample) => sample.liveMiB);
  const along = warm.reduce((sum, sample) => sum + (sample.seconds - seconds) * (sample.liveMiB - live), 0);
  const across = warm.reduce((sum, sample) => sum + (sample.seconds - seconds) ** 2, 0);
  return (along / across) * 600;
}

async function liveHeap(app: BuiltApp): Promise<number | undefined> {
  const headers = { Authorization: `Bearer ${await app.token('platform')}` };
  const metrics = await (await fetch(`${app.baseUrl}/metrics`, { headers })).text();
  const live = [...metrics.matchAll(/^thread_heap_live_bytes\{[^}]*\} (\d+)$/gm)].map(([, bytes]) => Number(bytes));
  return live.length === 0 || live.includes(0) ? undefined : live.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
}

function holdings({ process: { pid } }: BuiltApp): Omit<ProcessSample, 'seconds' | 'liveMiB'> {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { rssMiB: Number(kilobytes ?? 0) / 1_024, files: readdirSync(`/proc/${pid}/fd`).length };
}
