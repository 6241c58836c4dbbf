import { readFileSync } from 'node:fs';
import type { Metrics } from './metrics.js';

/** What runs here. */
export interface BuildInfo {
  readonly version: string;
  /** Null where the build was not told. */
  readonly commit: string | null;
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** @param commit what the environment says. */
export function readBuildInfo(commit: string | null): BuildInfo {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  return { version, commit, node: process.versions.node, startedAt: Math.round(performance.timeOrigin) };
}

/** The metric that joins a version to every other series of the process. */
export function showBuildInfo(metrics: Metrics, { version, commit, node }: BuildInfo): void {
  const labels = { version, commit: commit ?? 'unknown', node };
  metrics.gaugeOf('build_info', 'What runs here; always 1', ['version', 'commit', 'node'], () => [[labels, 1]]);
}
