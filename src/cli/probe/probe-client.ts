import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeRequest } from './attempt.js';
import type { ProbeAnswer } from './judge.js';

const TOKEN_LIFETIME_MS = 5 * 60_000;
const PATIENCE = 10;
const LONGEST_WAIT_S = 60;
const ANSWER_MS = 30_000;
const STREAM_MS = 1_000;
const FROM_THE_BEGINNING = { Accept: 'text/event-stream', 'Last-Event-ID': '0' } as const;

/** How a request is signed in: with the key's token, or with what is given. */
export interface SendOptions {
  readonly credential?: Readonly<Record<string, string>>;
  /** Asks for everything that is kept, and reads what of it arrives within a second. */
  readonly isStream?: boolean;
}

/** Sends requests with one API key, which it exchanges for tokens as they run out, and waits out 429 and 503 as told. */
export class ProbeClient {
  /** Told every answer. */
  watch: (request: ProbeRequest, answer: ProbeAnswer) => void = () => undefined;
  private token: { readonly text: string; readonly until: number } | undefined;

  constructor(
    private readonly baseUrl: string,
    readonly apiKey: string,
  ) {}

  async send(request: ProbeRequest, { credential, isStream = false }: SendOptions = {}): Promise<ProbeAnswer> {
    for (let attempt = 0; ; attempt++) {
      const signed = credential ?? { Authorization: `Bearer ${await this.bearer()}` };
      const answer = await this.once({ ...request, headers: { ...request.headers, ...signed } }, isStream);
      const waits = (answer.status === 429 || answer.status === 503) && attempt < PATIENCE;
      if (!waits) {
        this.watch(request, answer);
        return answer;
      }
      await sleep(1_000 * Math.min(LONGEST_WAIT_S, Number(answer.headers['retry-after'] ?? 1)));
    }
  }

  /** Sends JSON and reads the answer. @throws Error where it is not a success. */
  async json(
    method: string,
    path: string,
    body?: unknown,
    options: SendOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.send({ method, path, headers: options.headers ?? {}, body }, options);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>);
  }

  private async bearer(): Promise<string> {
    if (this.token && this.token.until > Date.now()) return this.token.text;
    const headers = { 'X-API-Key': this.apiKey };
    const { access_token: text } = await this.json('POST', '/api/v1/auth/token', undefined, { credential: headers });
    this.token = { text: String(text), until: Date.now() + TOKEN_LIFETIME_MS };
    return this.token.text;
  }

  private async once({ method, path, headers, body }: ProbeRequest, isStream: boolean): Promise<ProbeAnswer> {
    const answer = await fetch(this.baseUrl + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(isStream ? FROM_THE_BEGINNING : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = isStream ? await beginningOf(answer) : await answer.text();
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text };
  }
}

async function beginningOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = answer.body?.getReader();
  if (!reader) return '';
  const over = sleep(STREAM_MS, { done: true, value: undefined });
  let text = '';
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), over]);
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
