import {
  admit,
  CLOSED,
  isolate,
  reset,
  settle,
  type BreakerKind,
  type BreakerSettings,
  type BreakerState,
  type CallOutcome,
} from './breaker-machine.js';
import { OutboundUnavailable } from './outbound-unavailable.js';

/** What becomes known of a circuit that has changed. */
export type OnTransition = (from: BreakerKind, to: BreakerKind) => void;

/**
 * A circuit breaker over `breaker-machine`, by the monotonic clock: however the wall clock is set meanwhile, an open circuit is tried again after its
 * recovery time. Calls beyond the probes fail at once; they do not wait for the probes.
 */
export class CircuitBreaker {
  private current: BreakerState = CLOSED;

  /** @param now monotonic milliseconds */
  constructor(
    private readonly dependency: string,
    private readonly settings: BreakerSettings,
    private readonly now: () => number,
    private readonly onTransition: OnTransition,
  ) {}

  /** The circuit's kind; one that is due to be tried again is open until somebody calls. */
  get kind(): BreakerKind {
    return this.current.kind;
  }

  /** Failures in a row while the circuit is closed. */
  get failures(): number {
    return this.current.kind === 'closed' ? this.current.failures : 0;
  }

  /** Milliseconds until an open circuit is tried again; 0 for others. */
  get waitMs(): number {
    return this.current.kind === 'open' ? Math.max(0, this.current.until - this.now()) : 0;
  }

  /** Calls, if the circuit lets it. @param outcomeOf what an error tells of the dependency. @throws OutboundUnavailable; what the call throws. */
  async run<T>(call: () => Promise<T>, outcomeOf: (error: unknown) => CallOutcome): Promise<T> {
    const { state, may } = admit(this.current, this.settings, this.now());
    this.become(state);
    if (!may) throw new OutboundUnavailable(this.dependency, state.kind === 'isolated' ? 'isolated' : 'circuit_open');
    const { generation } = state;
    try {
      const result = await call();
      this.note(generation, 'success');
      return result;
    } catch (error) {
      this.note(generation, outcomeOf(error));
      throw error;
    }
  }

  reset(): void {
    this.become(reset(this.current));
  }

  isolate(): void {
    this.become(isolate(this.current));
  }

  private note(generation: number, outcome: CallOutcome): void {
    this.become(settle(this.current, generation, outcome, this.settings, this.now()));
  }

  private become(next: BreakerState): void {
    const from = this.current.kind;
    this.current = next;
    if (from !== next.kind) this.onTransition(from, next.kind);
  }
}
