import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { v7 as uuidv7 } from 'uuid';
import { AgentAway } from '../../contracts/agent-away.js';
import type { TenantId } from '../../contracts/tenant.js';
import { ServiceCallFailed, type ServiceAnswer, type SignedHttpClient } from '../../platform/service-auth/signed-http-client.js';
import type { ServiceName } from '../../platform/service-auth/service-name.js';

const TIMEOUT_MS = 10_000;
/** Of what another service says, as it is told. */
const LONGEST_TEXT = 200;
/** Answers that tell of the service, or of what is in front of it, and not of what was asked. */
const AWAY: ReadonlySet<number> = new Set([401, 403, 404, 408, 425, 429, 500, 502, 503, 504]);

/** One question, and for whom and in the course of what it is asked. */
export interface RemoteQuestion {
  readonly tenant: TenantId;
  readonly correlationId: string;
  /** Below the service's URL. */
  readonly path: string;
  readonly body: unknown;
}

/** An agent that runs elsewhere, asked over signed HTTP. */
export class RemoteService {
  /** @param base where it is: an origin, with or without a path in front of the API. */
  constructor(
    private readonly client: Pick<SignedHttpClient, 'post'>,
    private readonly receiver: ServiceName,
    private readonly base: string,
  ) {}

  /**
   * Asks, and checks the answer against a DTO. Fields that it does not have are left out, so that a neighbour may be one release ahead. One that is behind
   * refuses fields that it does not know: what was asked waits until it is brought up to date.
   * @throws AgentAway where there is no answer at present; Error where what was asked is refused, or the answer is not what was agreed.
   */
  async ask<Answer extends object>(question: RemoteQuestion, type: new () => Answer): Promise<Answer> {
    const { status, body } = await this.post(question);
    if (AWAY.has(status)) throw new AgentAway(`${this.receiver} answered ${status}`);
    const unknown = status === 422 ? unknownFieldOf(body) : undefined;
    if (unknown !== undefined) throw new AgentAway(`${this.receiver} is of an earlier release: it does not know ${unknown}`);
    if (status !== 200) throw new Error(`${this.receiver} answered ${status}${titleOf(body)}`);
    const answer = plainToInstance(type, body);
    const isSound = answer instanceof type && validateSync(answer, { whitelist: true, forbidUnknownValues: true }).length === 0;
    if (!isSound) throw new Error(`${this.receiver} answered what was not agreed`);
    return answer;
  }

  private async post({ tenant, correlationId, path, body }: RemoteQuestion): Promise<ServiceAnswer> {
    const url = new URL(path, this.base.endsWith('/') ? this.base : `${this.base}/`);
    const call = { receiver: this.receiver, url, body, idempotencyKey: uuidv7(), timeoutMs: TIMEOUT_MS };
    try {
      return await this.client.post(call, { tenant, correlationId });
    } catch (error) {
      if (error instanceof ServiceCallFailed) throw new AgentAway(error.message, { cause: error });
      throw error;
    }
  }
}

/** The first field that a refusal calls unknown, as a JSON Pointer; `undefined` where there is none. */
function unknownFieldOf(body: unknown): string | undefined {
  const errors = (body as { readonly errors?: unknown } | null | undefined)?.errors;
  if (!Array.isArray(errors)) return undefined;
  const named = (errors as readonly ({ readonly code?: unknown; readonly pointer?: unknown } | null)[]).find(
    (error) => error?.code === 'unknown_field',
  );
  return typeof named?.pointer === 'string' ? named.pointer.slice(0, LONGEST_TEXT) : undefined;
}

function titleOf(body: unknown): string {
  const title = typeof body === 'object' && body !== null && 'title' in body ? body.title : undefined;
  return typeof title === 'string' ? `: ${title.slice(0, LONGEST_TEXT)}` : '';
}
