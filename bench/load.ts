import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';

/** What a run of load came to. Rates and latencies leave the first tenth of the events out, while code is still being compiled. */
export interface LoadResult {
  readonly eps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly alerts: number;
}

/** Where a request goes, and as whom. */
export type Receiver = Pick<Server, 'baseUrl' | 'apiKey'>;

/** Sends every line once, `batch` to a request and `inFlight` requests at a time, to receivers in turn. @throws Error where one is not accepted whole. */
export async function sendBatches(
  receivers: readonly Receiver[],
  lines: readonly string[],
  { batch, inFlight }: { readonly batch: number; readonly inFlight: number },
): Promise<LoadResult> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: inFlight });
  const bodies = bodiesOf(lines, batch);
  const warm = Math.ceil(bodies.length / 10);
  const latencies: number[] = [];
  const totals = { accepted: 0, duplicates: 0, alerts: 0 };
  let next = 0;
  let measuredEvents = 0;
  let started = 0;
  const client = async (): Promise<void> => {
    for (let number = next++; number < bodies.length; number = next++) {
      const body = bodies[number];
      if (!body) return;
      if (number === warm) started = performance.now();
      const sent = performance.now();
      const answer = await post(receivers[number % receivers.length] as Receiver, agent, body);
      if (number >= warm) {
        latencies.push(performance.now() - sent);
        measuredEvents += answer.received;
      }
      totals.accepted += answer.accepted;
      totals.duplicates += answer.duplicates;
      totals.alerts += answer.alerts_raised;
      if (!answer.inspected) throw new Error('a batch was not inspected');
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return { eps: Math.round(measuredEvents / seconds), p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), ...totals };
}

/** What came of an open loop. */
export interface SteadyResult {
  readonly requests: number;
  readonly alerts: number;
  /** From when a request was due to its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The same of requests that raised alerts, which is done before they are answered. */
  readonly alertP99Ms: number;
}

/** Sends every line once, a request whenever one is due at a rate of events a second, however long answers take. @throws Error as `sendBatches` */
export async function sendSteadily(
  receiver: Receiver,
  lines: readonly string[],
  { batch, eps }: { readonly batch: number; readonly eps: number },
): Promise<SteadyResult> {
  const agent = new http.Agent({ keepAlive: true });
  const all: number[] = [];
  const alerting: number[] = [];
  let alerts = 0;
  const started = performance.now();
  await Promise.all(
    bodiesOf(lines, batch).map(async (body, number) => {
      const due = started + (number * batch * 1_000) / eps;
      await sleep(Math.max(0, due - performance.now()));
      const answer = await post(receiver, agent, body);
      const took = performance.now() - due;
      all.push(took);
      if (answer.alerts_raised > 0) alerting.push(took);
      alerts += answer.alerts_raised;
    }),
  );
  agent.destroy();
  return { requests: all.length, alerts, p50Ms: quantile(all, 0.5), p99Ms: quantile(all, 0.99), alertP99Ms: quantile(alerting, 0.99) };
}

function bodiesOf(lines: readonly string[], batch: number): Buffer[] {
  return Array.from({ length: Math.ceil(lines.length / batch) }, (_, n) => Buffer.from(lines.slice(n * batch, (n + 1) * batch).join('\n')));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

interface Answer {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly inspected: boolean;
  readonly alerts_raised: number;
}

function post({ baseUrl, apiKey }: Receiver, agent: http.Agent, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': body.length, 'x-api-key': apiKey };
    const request = http.request(`${baseUrl}/api/v1/events`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 202) resolve(JSON.parse(text) as Answer);
        else reject(new Error(`answered ${response.statusCode}: ${text}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
