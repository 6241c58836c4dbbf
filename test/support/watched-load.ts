import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadReport } from '../../src/cli/load/load-report.js';
import type { BuiltApp } from './built-app.js';
import { runGatra } from './run-gatra.js';

const SAMPLE_MS = 5_000;
const MIB = 2 ** 20;

/** What an app's process holds at a moment. */
export interface ProcessSample {
  readonly seconds: number;
  readonly rssMiB: number;
  /** What the last full collections of its threads left of their heaps; undefined before the first of each. */
  readonly liveMiB: number | undefined;
  /** The same of each thread. */
  readonly live: Readonly<Record<string, number>>;
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
    const held = await processSample(app);
    samples.push({ seconds: (performance.now() - begun) / 1_000, ...held });
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
 * How fast the memory that is needed grows after `warmUp` of the time, in MiB per ten minutes. Of the process's whole memory the allocators and the
 * collectors decide, by how much they put off.
 */
export function memorySlope(samples: readonly ProcessSample[], warmUp = 0.4): number {
  const end = samples.at(-1)?.seconds ?? 0;
  const warm = samples.flatMap(({ seconds, liveMiB }) => (seconds < end * warmUp || liveMiB === undefined ? [] : [{ seconds, liveMiB }]));
  if (warm.length < 10) throw new Error('too few full collections to tell how memory grows');
  return slopeOf(warm);
}

/** How fast what is needed grows, in MiB per ten minutes, by least squares. */
export function slopeOf(points: readonly { readonly seconds: number; readonly liveMiB: number }[]): number {
  const mean = (pick: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const seconds = mean((point) => point.seconds);
  const live = mean((point) => point.liveMiB);
  const along = points.reduce((sum, point) => sum + (point.seconds - seconds) * (point.liveMiB - live), 0);
  const across = points.reduce((sum, point) => sum + (point.seconds - seconds) ** 2, 0);
  return (along / across) * 600;
}

/** What an app's process holds now. */
export async function processSample(app: BuiltApp): Promise<Omit<ProcessSample, 'seconds'>> {
  return { ...holdings(app), ...(await heaps(app)) };
}

async function heaps(app: BuiltApp): Promise<Pick<ProcessSample, 'live' | 'liveMiB'>> {
  const headers = { Authorization: `Bearer ${await app.token('platform')}` };
  const metrics = await (await fetch(`${app.baseUrl}/metrics`, { headers })).text();
  const told = [...metrics.matchAll(/^thread_heap_live_bytes\{thread="([^"]*)"\} (\d+)$/gm)];
  const live = Object.fromEntries(told.map(([, thread = '', bytes]) => [thread, Number(bytes) / MIB]));
  const each = Object.values(live);
  return { live, liveMiB: each.length === 0 || each.includes(0) ? undefined : each.reduce((sum, one) => sum + one, 0) };
}

function holdings({ process: { pid } }: BuiltApp): Omit<ProcessSample, 'seconds' | 'live' | 'liveMiB'> {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { rssMiB: Number(kilobytes ?? 0) / 1_024, files: readdirSync(`/proc/${pid}/fd`).length };
}
