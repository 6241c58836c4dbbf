import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { Dependency } from '../../platform/resilience/dependency.js';
import type { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import { OutboundUnavailable, type UnavailableReason } from '../../platform/resilience/outbound-unavailable.js';
import { isPassingStatus, UnwelcomeStatus } from '../../platform/resilience/verdict.js';
import { type OutboundHttp, OutboundRefused } from '../../platform/outbound/outbound-http.js';
import { ActuatorFailure } from '../domain/containment-actuator.js';
import type { WebhookKeys } from '../webhook-keys.js';
import { signWebhook } from './webhook-signature.js';

const CODES: Readonly<Record<UnavailableReason, string>> = {
  circuit_open: 'receiver_circuit_open',
  isolated: 'receiver_circuit_open',
  bulkhead_full: 'receiver_busy',
  timeout: 'receiver_timeout',
};

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

/** Posts signed JSON to tenants' receivers, each tenant and purpose under a policy of its own, and nowhere that `OutboundHttp` refuses. */
export class WebhookSender {
  private readonly receivers: Dependency;

  constructor(
    private readonly outbound: OutboundHttp,
    private readonly keys: WebhookKeys,
    private readonly clock: Clock,
    policies: OutboundPolicies,
  ) {
    this.receivers = policies.dependency('webhook');
  }

  /**
   * Posts a message; answers the receiver's status.
   * @param purpose closed list of words, for the policy.
   * @throws ActuatorFailure
   */
  async send(tenant: TenantId, purpose: 'notify' | 'ticket' | 'command', message: WebhookMessage): Promise<number> {
    try {
      const policy = this.receivers.policy(`${tenant}/${purpose}`);
      return await policy.execute((signal, attempt) => this.post(tenant, message, { signal, attempt }), {
        isRepeatable: message.idempotencyKey !== '',
      });
    } catch (error) {
      throw toFailure(error);
    }
  }

  /** Forgets how a tenant's receivers behaved. */
  forget(tenant: TenantId): void {
    this.receivers.forgetOf(tenant);
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
    const answer = await this.outbound.send({ url, method: 'POST', headers, body, signal, allow, attempt });
    if (answer.status >= 200 && answer.status < 300) return answer.status;
    throw new UnwelcomeStatus(answer.status, answer.headers['retry-after']);
  }
}

function toFailure(error: unknown): ActuatorFailure {
  const options = { cause: error };
  if (error instanceof UnwelcomeStatus)
    return new ActuatorFailure(`receiver_answered_${error.status}`, isPassingStatus(error.status), options);
  if (error instanceof OutboundRefused) return new ActuatorFailure('receiver_not_allowed', false, options);
  if (error instanceof OutboundUnavailable) return new ActuatorFailure(CODES[error.reason], true, options);
  return new ActuatorFailure('receiver_unreachable', true, options);
}
