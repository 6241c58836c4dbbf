import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadBatch } from './load-batches.js';

const TIMEOUT_MS = 60_000;
const LONGEST_WAIT_SECONDS = 60;
/** Answers after which the same request may succeed. */
const PASSING = new Set([429, 502, 503, 504]);

/** One answer, or why there was none. */
export interface Attempt {
  /** A status, or the code of the error that the connection failed with. */
  readonly outcome: string;
  readonly retryAfter: number | undefined;
  readonly body: string;
}

/** What became of a batch. */
export interface Delivery {
  readonly ok: boolean;
  readonly attempts: readonly string[];
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export interface ClientOptions {
  readonly baseUrl: string;
  readonly connections: number;
  /** How often a batch is sent again that was answered 429 or 503, or not at all. */
  readonly retries: number;
  readonly gzip: boolean;
}

/** Sends batches over kept connections. The same batch sent again has the same idempotency key, so that it is stored once. */
export class LoadClient {
  private readonly agent: http.Agent;
  private readonly request: typeof http.request;

  constructor(private readonly options: ClientOptions) {
    const { request, Agent } = options.baseUrl.startsWith('https:') ? https : http;
    this.agent = new Agent({ keepAlive: true, maxSockets: options.connections, scheduling: 'fifo' });
    this.request = request;
  }

  async deliver(apiKey: string, batch: LoadBatch): Promise<Delivery> {
    const key = randomUUID();
    const attempts: string[] = [];
    for (;;) {
      const attempt = await this.send(apiKey, key, batch);
      attempts.push(attempt.outcome);
      if (attempt.outcome === '202') return { ok: true, attempts, ...countsOf(attempt.body) };
      if (!mayRetry(attempt) || attempts.length > this.options.retries)
        return { ok: false, attempts, accepted: 0, duplicates: 0, rejected: 0 };
      await sleep(1_000 * Math.min(LONGEST_WAIT_SECONDS, attempt.retryAfter ?? 1));
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private send(apiKey: string, key: string, { source, body }: LoadBatch): Promise<Attempt> {
    const headers = {
      'X-API-Key': apiKey,
      'Idempotency-Key': key,
      'Content-Type': 'application/x-ndjson',
      'Content-Length': body.length,
      ...(this.options.gzip ? { 'Content-Encoding': 'gzip' } : {}),
    };
    return new Promise((resolve) => {
      const fail = (error: NodeJS.ErrnoException): void => resolve({ outcome: error.code ?? 'error', retryAfter: undefined, body: '' });
      const url = `${this.options.baseUrl}/api/v1/events?source=${source}`;
      const sent = this.request(url, { method: 'POST', agent: this.agent, headers, timeout: TIMEOUT_MS }, (answer) => {
        const retryAfter = Number(answer.headers['retry-after'] ?? Number.NaN);
        text(answer).then(
          (read) =>
            resolve({ outcome: String(answer.statusCode), retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined, body: read }),
          fail,
        );
      });
      sent.once('timeout', () => sent.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
      sent.once('error', fail);
      sent.end(body);
    });
  }
}

function mayRetry({ outcome }: Attempt): boolean {
  return PASSING.has(Number(outcome)) || !/^\d/.test(outcome);
}

function countsOf(body: string): Pick<Delivery, 'accepted' | 'duplicates' | 'rejected'> {
  const { accepted, duplicates, rejected } = JSON.parse(body) as { accepted: number; duplicates: number; rejected: unknown[] };
  return { accepted, duplicates, rejected: rejected.length };
}
