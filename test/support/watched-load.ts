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
  readonly files: number;
}

/** Runs `gatra load` against an app with these options. @throws Error with what it wrote where it made no report. */
export async function load(app: BuiltApp, options: readonly string[]): Promise<LoadReport> {
  const args = ['load', '--credentials', `${app.dataDir}/bootstrap.json`, '--url', app.baseUrl, '--json', '-', ...options];
  const { out, err } = await runGatra(args, {});
  if (out === '') throw new Error(err);
  return JSON.parse(out) as LoadReport;
}

/** Looks at an app's memory and open files every 5 s until `work` is done. */
export async function watched<T>(app: BuiltApp, work: () => Promise<T>): Promise<{ result: T; samples: readonly ProcessSample[] }> {
  const samples: ProcessSample[] = [];
  const begun = performance.now();
  const progress = { isDone: false };
  const working = work().finally(() => (progress.isDone = true));
  while (!progress.isDone) {
    samples.push({ seconds: (performance.now() - begun) / 1_000, ...holdings(app) });
    await Promise.race([sleep(SAMPLE_MS), working.catch(() => undefined)]);
  }
  return { result: await working, samples };
}

/** How fast memory grows after `warmUp` of the time, in MiB per ten minutes (least squares). */
export function memorySlope(samples: readonly ProcessSample[], warmUp = 0.4): number {
  const end = samples.at(-1)?.seconds ?? 0;
  const warm = samples.filter(({ seconds }) => seconds >= end * warmUp);
  const mean = (pick: (sample: ProcessSample) => number): number => warm.reduce((sum, sample) => sum + pick(sample), 0) / warm.length;
  const seconds = mean((sample) => sample.seconds);
  const rss = mean((sample) => sample.rssMiB);
  const along = warm.reduce((sum, sample) => sum + (sample.seconds - seconds) * (sample.rssMiB - rss), 0);
  const across = warm.reduce((sum, sample) => sum + (sample.seconds - seconds) ** 2, 0);
  return across === 0 ? 0 : (along / across) * 600;
}

function holdings({ process: { pid } }: BuiltApp): Pick<ProcessSample, 'rssMiB' | 'files'> {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { rssMiB: Number(kilobytes ?? 0) / 1_024, files: readdirSync(`/proc/${pid}/fd`).length };
}
