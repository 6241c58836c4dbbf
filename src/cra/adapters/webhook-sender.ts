import { BrokenCircuitError, BulkheadRejectedError, type IPolicy } from 'cockatiel';
import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { Metrics } from '../../platform/observability/metrics.js';
import { BREAKER_CLOSED, BREAKER_HALF_OPEN, BREAKER_OPEN } from '../../platform/resilience/breaker-metric.js';
import { type OutboundHttp, OutboundRefused } from '../../platform/outbound/outbound-http.js';
import { ActuatorFailure } from '../domain/containment-actuator.js';
import type { WebhookKeys } from '../webhook-keys.js';
import { WEBHOOK_LIMITS, webhookPolicy, type WebhookLimits } from './webhook-policy.js';
import { signWebhook } from './webhook-signature.js';

const RETRYABLE = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What is posted, and under which key a receiver knows it again. */
export interface WebhookMessage {
  readonly url: string;
  /** What the tenant's receivers may be although it is not public: address blocks (CIDR) and host names. */
  readonly allow?: readonly string[] | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

interface Attempt {
  readonly signal: AbortSignal;
  /** Counted from 1. */
  readonly attempt: number;
}

/** What a policy with a retry in it tells each attempt: its number, counted from 0. */
interface RetryContext {
  readonly signal: AbortSignal;
  readonly attempt?: number;
}

/** Posts signed JSON to tenants' receivers, each tenant and purpose under a policy of its own, and nowhere that `OutboundHttp` refuses. */
export class WebhookSender {
  private readonly policies = new Map<string, IPolicy>();
  private readonly states = new Map<string, number>();

  constructor(
    private readonly outbound: OutboundHttp,
    private readonly keys: WebhookKeys,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly limits: WebhookLimits = WEBHOOK_LIMITS,
  ) {}

  /**
   * Posts a message; answers the receiver's status.
   * @param purpose closed list of words, for the policy.
   * @throws ActuatorFailure
   */
  async send(tenant: TenantId, purpose: 'notify' | 'ticket' | 'command', message: WebhookMessage): Promise<number> {
    try {
      return await this.policyOf(`${tenant}/${purpose}`).execute(({ signal, attempt = 0 }: RetryContext) =>
        this.post(tenant, message, { signal, attempt: attempt + 1 }),
      );
    } catch (error) {
      throw toFailure(error);
    }
  }

  /** Forgets how a tenant's receivers behaved. */
  forget(tenant: TenantId): void {
    for (const held of [this.policies, this.states]) {
      for (const receiver of held.keys()) if (receiver.startsWith(`${tenant}/`)) held.delete(receiver);
    }
  }

  private async post(tenant: TenantId, message: WebhookMessage, { signal, attempt }: Attempt): Promise<number> {
    const body = JSON.stringify(message.body);
    const headers = {
      'Content-Type': 'application/json',
      'Idempotency-Key': message.idempotencyKey,
      'X-Correlation-ID': message.correlationId,
      'X-Tenant-ID': tenant,
      'X-GATRA-Signature': signWebhook(this.keys.all(tenant), body, this.clock.now()),
    };
    const { url, allow = [] } = message;
    const { status } = await this.outbound.send({ url, method: 'POST', headers, body, signal, allow, attempt }).catch((error: unknown) => {
      if (error instanceof OutboundRefused) throw new ActuatorFailure('receiver_not_allowed', false, { cause: error });
      throw new ActuatorFailure(signal.aborted ? 'receiver_timeout' : 'receiver_unreachable', true, { cause: error });
    });
    if (status >= 200 && status < 300) return status;
    throw new ActuatorFailure(`receiver_answered_${status}`, RETRYABLE.has(status));
  }

  private policyOf(receiver: string): IPolicy {
    const known = this.policies.get(receiver);
    if (known) return known;
    const policy = webhookPolicy(this.limits, (state) => this.note(receiver, state));
    this.policies.set(receiver, policy);
    return policy;
  }

  /** The metric has one series for all receivers: open while any is, half-open while any is tried again. */
  private note(receiver: string, state: number): void {
    this.states.set(receiver, state);
    const states = [...this.states.values()];
    const worst = [BREAKER_OPEN, BREAKER_HALF_OPEN].find((candidate) => states.includes(candidate)) ?? BREAKER_CLOSED;
    this.metrics.circuitBreakerState.set({ service: 'webhook' }, worst);
  }
}

function toFailure(error: unknown): ActuatorFailure {
  if (error instanceof ActuatorFailure) return error;
  if (error instanceof BrokenCircuitError) return new ActuatorFailure('receiver_circuit_open', true, { cause: error });
  if (error instanceof BulkheadRejectedError) return new ActuatorFailure('receiver_busy', true, { cause: error });
  return new ActuatorFailure('receiver_timeout', true, { cause: error });
}
