import { AsyncLocalStorage } from 'node:async_hooks';
import {
  bulkhead,
  BulkheadRejectedError,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  type BulkheadPolicy,
  type TimeoutPolicy,
} from 'cockatiel';
import { CircuitBreaker, type OnTransition } from './circuit-breaker.js';
import { OutboundUnavailable } from './outbound-unavailable.js';
import { pause } from './pause.js';
import type { PolicySettings } from './policy-settings.js';
import { RetryBudget } from './retry-budget.js';
import { retryDelay } from './retry-delay.js';
import type { PolicyCounts } from './policy-counts.js';
import { FAILURE, PASSING_FAILURE, type Judge, type Verdict } from './verdict.js';

/** What a call may do. */
export interface CallOptions {
  /** Whether it may be made twice. Said at every call, because only there it is known. */
  readonly isRepeatable: boolean;
  /** The caller's patience. */
  readonly signal?: AbortSignal | undefined;
  /** How long one attempt may take, where the call says so itself. */
  readonly attemptMs?: number;
}

/** What a policy is made of. */
export interface PolicyParts {
  readonly dependency: string;
  readonly settings: PolicySettings;
  readonly judge: Judge;
  readonly counts: PolicyCounts;
  readonly onTransition: OnTransition;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** The end of the patience of who asked for the work under way. */
  readonly deadline: () => AbortSignal | undefined;
}

/** A call. `attempt` is how often it is made with this, counted from 1. */
export type Work<T> = (signal: AbortSignal, attempt: number) => Promise<T>;

const NEVER = new AbortController().signal;
/** What has come out of a policy was tried again there: only the layer just above a failure does. */
const tried = new WeakSet<object>();
const CALLER_GONE: Verdict = { outcome: 'ignored', retry: false };

/**
 * How every call leaves: overall time limit, bulkhead, retry within a budget, circuit breaker, time limit of the attempt, from the outside in. The breaker
 * is inside the retry, so that it sees every attempt; the budget keeps all attempts together to 1.1 times the calls.
 */
export class OutboundPolicy {
  readonly breaker: CircuitBreaker;
  private readonly budget: RetryBudget;
  private readonly total: TimeoutPolicy;
  private readonly bulkhead: BulkheadPolicy;

  constructor(private readonly parts: PolicyParts) {
    const { settings, now } = parts;
    this.breaker = new CircuitBreaker(parts.dependency, settings.breaker, now, parts.onTransition);
    this.budget = new RetryBudget(now);
    this.total = timeout(settings.timeout.totalMs, TimeoutStrategy.Aggressive);
    this.bulkhead = bulkhead(settings.bulkhead.concurrent, settings.bulkhead.waiting);
  }

  /** Calls under way. */
  get executing(): number {
    return this.parts.settings.bulkhead.concurrent - this.bulkhead.executionSlots;
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.parts.settings.bulkhead.waiting - this.bulkhead.queueSlots;
  }

  /**
   * Makes a call, as often as it takes and is allowed. The work must stop when its signal does.
   * @throws OutboundUnavailable where it was not made or not waited for; the caller's reason where the caller gave up; else what the last attempt threw.
   */
  async execute<T>(work: Work<T>, options: CallOptions): Promise<T> {
    const caller = firstOf(options.signal, this.parts.deadline());
    caller.throwIfAborted();
    this.parts.counts.calls += 1;
    this.budget.noteCall();
    // What has waited is begun by whoever made room for it, but goes on for whom it was asked.
    const inContext = AsyncLocalStorage.snapshot();
    try {
      return await this.total.execute(
        ({ signal }) => this.bulkhead.execute(() => inContext(() => this.attempts(work, options, signal, caller)), signal),
        caller,
      );
    } catch (error) {
      const told = this.explain(error, caller);
      if (told instanceof Error) tried.add(told);
      throw told;
    }
  }

  /**
   * Makes a call that bounds its own time and is never repeated: the circuit alone stands before it. For what every request asks.
   * @throws OutboundUnavailable where it was not made; else what the call threw.
   */
  async once<T>(work: () => Promise<T>): Promise<T> {
    this.parts.counts.calls += 1;
    try {
      return await this.breaker.run(work, (error) => this.judge(error, NEVER).outcome);
    } catch (error) {
      throw this.explain(error, NEVER);
    }
  }

  private async attempts<T>(work: Work<T>, options: CallOptions, signal: AbortSignal, caller: AbortSignal): Promise<T> {
    const { settings, counts, random } = this.parts;
    for (let attempt = 1; ; attempt += 1) {
      let verdict: Verdict = CALLER_GONE;
      try {
        return await this.breaker.run(
          () => this.attempt((own) => work(own, attempt), options, signal),
          (error) => (verdict = this.judge(error, caller)).outcome,
        );
      } catch (error) {
        if (!verdict.retry || !options.isRepeatable || signal.aborted || this.breaker.kind !== 'closed') throw error;
        const delay = retryDelay(settings.retry, attempt, random(), verdict.afterMs);
        if (delay === undefined || !this.budget.take()) throw error;
        counts.retries += 1;
        await pause(delay, signal);
      }
    }
  }

  private async attempt<T>(work: (signal: AbortSignal) => Promise<T>, { attemptMs }: CallOptions, signal: AbortSignal): Promise<T> {
    const { totalMs, attemptMs: usual } = this.parts.settings.timeout;
    signal.throwIfAborted();
    const limit = attemptMs ?? usual;
    if (limit >= totalMs) return work(signal);
    return timeout(limit, TimeoutStrategy.Aggressive).execute(({ signal: own }) => work(own), signal);
  }

  private judge(error: unknown, caller: AbortSignal): Verdict {
    if (caller.aborted) return CALLER_GONE;
    if (tried.has(error as object)) return FAILURE;
    return isOutOfTime(error) ? PASSING_FAILURE : this.parts.judge(error);
  }

  private explain(error: unknown, caller: AbortSignal): unknown {
    const { dependency, counts } = this.parts;
    if (caller.aborted) return caller.reason;
    if (error instanceof BulkheadRejectedError) {
      counts.rejected.bulkhead_full += 1;
      return new OutboundUnavailable(dependency, 'bulkhead_full');
    }
    if (isOutOfTime(error)) {
      counts.timeouts += 1;
      return new OutboundUnavailable(dependency, 'timeout', { cause: error });
    }
    if (error instanceof OutboundUnavailable && error.dependency === dependency && error.reason !== 'timeout')
      counts.rejected[error.reason] += 1;
    return error;
  }
}

function isOutOfTime(error: unknown): boolean {
  return error instanceof TaskCancelledError || (error as Error).name === 'AbortError';
}

function firstOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : (given[0] ?? NEVER);
}
