import type { BigQuery } from '@google-cloud/bigquery';
import type { OutboundPolicy } from '../../../../platform/resilience/outbound-policy.js';
import { restFault } from './bigquery-fault.js';
import type { BigQuerySettings } from './bigquery-settings.js';

const CALL_MS = 20_000;

/** A request of the REST API. */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the project: `/datasets/…`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; bytes are JSON already. */
  readonly body?: Readonly<Record<string, unknown>> | Buffer;
}

/** The REST API of BigQuery, by Google's client, for one project. The client is loaded where it is used first, and finds credentials where Google's clients do. */
export class BigQueryRest {
  private client: Promise<BigQuery> | undefined;

  constructor(private readonly settings: BigQuerySettings) {}

  /** How long one request may take, milliseconds. */
  get callMs(): number {
    return this.settings.callMs ?? CALL_MS;
  }

  /** Asks, as often as the policy has it: what is made twice is known by its name. @throws BigQueryFault, OutboundUnavailable */
  async ask<T>(policy: OutboundPolicy, request: RestRequest): Promise<T> {
    return policy.execute(() => this.send<T>(request), { isRepeatable: true, attemptMs: this.callMs + 1_000 });
  }

  private async send<T>({ method, path, query, body }: RestRequest): Promise<T> {
    this.client ??= connect(this.settings, this.callMs);
    const client = await this.client;
    // As bytes: in what it is given as an object the client puts the project's id wherever a text says `{{projectId}}`.
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const options = { method, uri: path, qs: { ...query }, ...(bytes && { body: bytes, headers: { 'Content-Type': 'application/json' } }) };
    return new Promise((resolve, reject) => {
      client.request(options, (error, answer) => (error ? reject(restFault(error)) : resolve(answer as T)));
    });
  }
}

async function connect({ project, location, endpoint }: BigQuerySettings, timeout: number): Promise<BigQuery> {
  const { BigQuery: Client } = await import('@google-cloud/bigquery');
  const usual = { projectId: project, location, autoRetry: false, timeout };
  if (!endpoint) return new Client(usual);
  const anonymous = { getRequestHeaders: () => Promise.resolve(new Headers()) };
  return new Client({ ...usual, apiEndpoint: endpoint.rest, ...(endpoint.plain && { authClient: anonymous as never }) });
}
