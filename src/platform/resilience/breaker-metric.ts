import { CircuitState } from 'cockatiel';

/** States as the metric `circuit_breaker_state` has them. */
export const BREAKER_CLOSED = 0;
export const BREAKER_OPEN = 1;
export const BREAKER_HALF_OPEN = 2;

/** A circuit's state as the metric has it; one that is held open by hand is open. */
export function breakerMetric(state: CircuitState): number {
  if (state === CircuitState.Closed) return BREAKER_CLOSED;
  return state === CircuitState.HalfOpen ? BREAKER_HALF_OPEN : BREAKER_OPEN;
}
