import { availableParallelism, cpus } from 'node:os';
import type { LatencyStep, LatencySummary } from './latencies.js';
import type { LoadCounts, LoadSecond, LoadTally } from './load-tally.js';
import { planSeconds, type Stage } from './rate-plan.js';

const BEST_OVER_SECONDS = 5;
/** Longer than what waits in queues can hide that more comes than is done. */
const SUSTAINED_SECONDS = 10;
/** What takes longer has waited for others. */
const HELD_UP_MS = 1_000;

/** What a run came to. */
export interface LoadReport {
  readonly started_at: string;
  readonly url: string;
  readonly stages: readonly Stage[];
  readonly batch: number;
  readonly tenants: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly requests: LoadCounts;
  /** Answers by status, and connections that failed by error code; every attempt counts. */
  readonly attempts: Readonly<Record<string, number>>;
  readonly events: { readonly sent: number; readonly accepted: number; readonly duplicates: number; readonly rejected: number };
  readonly requests_per_second: number;
  readonly events_per_second: number;
  readonly bytes_per_second: number;
  /** Most requests a second that succeeded over any five seconds. */
  readonly best_requests_per_second: number;
  /** Most requests a second over any ten seconds in which none failed or took longer than a second: what can be held. 0 where there are no such ten. */
  readonly sustained_requests_per_second: number;
  /** From when a request was due to its last answer; of those that succeeded. */
  readonly latency_ms: LatencySummary;
  readonly distribution: readonly LatencyStep[];
  readonly each_second: readonly LoadSecond[];
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
}

export interface ReportFacts {
  readonly startedAt: Date;
  readonly url: string;
  readonly stages: readonly Stage[];
  readonly batch: number;
  readonly tenants: number;
  readonly seconds: number;
}

export function loadReport(tally: LoadTally, { startedAt, seconds, ...facts }: ReportFacts): LoadReport {
  const while_ = Math.max(seconds, planSeconds(facts.stages));
  return {
    started_at: startedAt.toISOString(),
    ...facts,
    seconds: round(seconds),
    requests: { ...tally.counts },
    attempts: { ...tally.attempts },
    events: { ...tally.events },
    requests_per_second: round(tally.counts.ok / while_),
    events_per_second: round(tally.events.accepted / while_),
    bytes_per_second: Math.round(tally.bytes / while_),
    best_requests_per_second: bestRate(tally.seconds),
    sustained_requests_per_second: sustainedRate(tally.seconds),
    latency_ms: tally.latency(),
    distribution: tally.distribution(),
    each_second: tally.seconds.map((second) => ({ ...second, longest_ms: round(second.longest_ms) })),
    machine: { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), node: process.version },
  };
}

/** Most that succeeded a second, over five seconds in a row; over all of them where there are fewer. */
export function bestRate(seconds: readonly Pick<LoadSecond, 'ok'>[]): number {
  return bestOver(Math.min(BEST_OVER_SECONDS, seconds.length), seconds);
}

/** Most that succeeded a second, over ten seconds in a row in which nothing failed and nothing was held up. */
export function sustainedRate(seconds: readonly Pick<LoadSecond, 'ok' | 'failed' | 'longest_ms'>[]): number {
  return bestOver(
    SUSTAINED_SECONDS,
    seconds.map(({ ok, failed, longest_ms }) => ({ ok: failed > 0 || longest_ms > HELD_UP_MS ? Number.NEGATIVE_INFINITY : ok })),
  );
}

function bestOver(width: number, seconds: readonly Pick<LoadSecond, 'ok'>[]): number {
  let best = 0;
  for (let from = 0; from + width <= seconds.length; from += 1) {
    const sum = seconds.slice(from, from + width).reduce((total, { ok }) => total + ok, 0);
    best = Math.max(best, sum / Math.max(1, width));
  }
  return round(best);
}

/** What the run did not keep of what was expected of it. */
export function brokenBounds(
  report: LoadReport,
  bounds: { readonly errors: number | undefined; readonly p99: number | undefined },
): readonly string[] {
  const errors = report.requests.failed + report.requests.not_sent;
  const { p99 } = report.latency_ms;
  return [
    ...(bounds.errors !== undefined && errors > bounds.errors ? [`${errors} requests failed; at most ${bounds.errors} were to`] : []),
    ...(bounds.p99 !== undefined && p99 > bounds.p99 ? [`p99 is ${p99.toFixed(1)} ms; at most ${bounds.p99} ms was to be`] : []),
    ...(report.requests.ok === 0 ? ['no request succeeded'] : []),
  ];
}

/** The report in words, for a terminal. */
export function describeLoad(report: LoadReport): string {
  const { requests, events, latency_ms: latency } = report;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const count = (value: number): string => value.toLocaleString('en');
  return [
    `requests  ${count(requests.due)} due = ${count(requests.ok)} ok + ${count(requests.failed)} failed + ${count(requests.not_sent)} not sent; ${count(requests.retries)} sent again`,
    `answers   ${Object.entries(report.attempts)
      .map(([outcome, times]) => `${outcome}: ${count(times)}`)
      .join(', ')}`,
    `events    ${count(events.accepted)} accepted, ${count(events.duplicates)} duplicate, ${count(events.rejected)} rejected`,
    `rate      ${count(report.requests_per_second)} requests/s, ${count(report.events_per_second)} events/s, ${(report.bytes_per_second / 1e6).toFixed(1)} MB/s; best 5 s: ${count(report.best_requests_per_second)}, held for 10 s: ${count(report.sustained_requests_per_second)} requests/s`,
    `latency   p50 ${ms(latency.p50)}, p90 ${ms(latency.p90)}, p99 ${ms(latency.p99)}, p99.9 ${ms(latency.p99_9)}, max ${ms(latency.max)}`,
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
