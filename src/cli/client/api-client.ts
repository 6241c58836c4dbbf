import { setTimeout as sleep } from 'node:timers/promises';

/** An answer that was not what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(`${status}: ${detail}`);
  }
}

/** A page of a list. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

const TOKEN_LIFETIME_MS = 10 * 60_000;
const PATIENCE = 20;

/** A client of the public API with one API key, which it exchanges for tokens as they run out. */
export class ApiClient {
  private token: { readonly text: string; readonly until: number } | undefined;

  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  /** @throws ApiError */
  async get<T>(path: string): Promise<T> {
    return (await this.request('GET', path)) as T;
  }

  /** @throws ApiError */
  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return (await this.request('POST', path, JSON.stringify(body))) as T;
  }

  /** All items of a list, page by page. @throws ApiError */
  async *list<T>(path: string): AsyncGenerator<T> {
    const separator = path.includes('?') ? '&' : '?';
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.get(`${path}${separator}limit=500${cursor === null ? '' : `&cursor=${cursor}`}`);
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  /** Sends lines of events with the API key, waiting out 429 and 503 as told. @throws ApiError */
  async ingest<T>(source: string, body: Buffer, idempotencyKey: string): Promise<T> {
    const headers = { 'X-API-Key': this.apiKey, 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': idempotencyKey };
    for (let attempt = 0; ; attempt++) {
      const answer = await fetch(`${this.baseUrl}/api/v1/events?source=${source}`, { method: 'POST', headers, body: new Uint8Array(body) });
      if (answer.ok) return (await answer.json()) as T;
      const waits = (answer.status === 429 || answer.status === 503) && attempt < PATIENCE;
      if (!waits) throw await errorFrom(answer);
      await answer.body?.cancel();
      await sleep(1_000 * Number(answer.headers.get('retry-after') ?? 1));
    }
  }

  /** The text of a resource behind HTTP Basic. @throws ApiError */
  async text(path: string, user: string, password: string): Promise<string> {
    const credential = Buffer.from(`${user}:${password}`).toString('base64');
    const answer = await fetch(this.baseUrl + path, { headers: { Authorization: `Basic ${credential}` } });
    if (!answer.ok) throw await errorFrom(answer);
    return answer.text();
  }

  private async request(method: string, path: string, body?: string): Promise<unknown> {
    const answer = await fetch(this.baseUrl + path, {
      method,
      headers: { Authorization: `Bearer ${await this.bearer()}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw await errorFrom(answer);
    return answer.status === 204 ? undefined : answer.json();
  }

  private async bearer(): Promise<string> {
    if (this.token && this.token.until > Date.now()) return this.token.text;
    const answer = await fetch(`${this.baseUrl}/api/v1/auth/token`, { method: 'POST', headers: { 'X-API-Key': this.apiKey } });
    if (!answer.ok) throw await errorFrom(answer);
    const { access_token: text } = (await answer.json()) as { access_token: string };
    this.token = { text, until: Date.now() + TOKEN_LIFETIME_MS };
    return text;
  }
}

async function errorFrom(answer: Response): Promise<ApiError> {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string; errors?: unknown };
  const errors = problem.errors === undefined ? '' : ` ${JSON.stringify(problem.errors)}`;
  return new ApiError(answer.status, `${problem.detail ?? answer.statusText}${errors}`);
}
