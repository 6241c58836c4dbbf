import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleType,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
  type IPolicy,
} from 'cockatiel';
import { breakerMetric } from '../../platform/resilience/breaker-metric.js';
import { ActuatorFailure } from '../domain/containment-actuator.js';

/** How a webhook is called. Times are milliseconds. */
export interface WebhookLimits {
  readonly attemptMs: number;
  /** All attempts and the waiting between them; shorter than the lease of an action. */
  readonly totalMs: number;
  readonly retries: number;
  readonly firstBackoffMs: number;
  /** Failures in a row that open the circuit. */
  readonly breakerFailures: number;
  readonly halfOpenAfterMs: number;
  readonly concurrent: number;
  readonly queued: number;
}

export const WEBHOOK_LIMITS: WebhookLimits = {
  attemptMs: 3_000,
  totalMs: 8_000,
  retries: 1,
  firstBackoffMs: 250,
  breakerFailures: 5,
  halfOpenAfterMs: 10_000,
  concurrent: 4,
  queued: 64,
};

/**
 * The policy of one receiver: bulkhead, overall time limit, retry, breaker, time limit of an attempt, from the outside in. The breaker
 * is inside the retry, so that each attempt counts for itself. Only temporary failures are retried and counted.
 */
export function webhookPolicy(limits: WebhookLimits, onState: (state: number) => void): IPolicy {
  const temporary = handleType(ActuatorFailure, (failure) => failure.isTemporary);
  const breaker = circuitBreaker(temporary, {
    breaker: new ConsecutiveBreaker(limits.breakerFailures),
    halfOpenAfter: limits.halfOpenAfterMs,
  });
  breaker.onStateChange((state) => onState(breakerMetric(state)));
  return wrap(
    bulkhead(limits.concurrent, limits.queued),
    timeout(limits.totalMs, TimeoutStrategy.Aggressive),
    retry(temporary, { maxAttempts: limits.retries, backoff: new ExponentialBackoff({ initialDelay: limits.firstBackoffMs }) }),
    breaker,
    timeout(limits.attemptMs, TimeoutStrategy.Cooperative),
  );
}
