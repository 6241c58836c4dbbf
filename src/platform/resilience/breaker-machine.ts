/** When a circuit opens and how it closes again. Times are milliseconds. */
export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open before it is tried again. */
  readonly recoveryMs: number;
  /** Calls that are let through to try it, and all of which must succeed. */
  readonly probes: number;
}

/** A circuit. `generation` counts its changes of kind, so that a call that began before one says nothing of what came after. */
export type BreakerState = { readonly generation: number } & (
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number }
  | { readonly kind: 'half_open'; readonly running: number; readonly succeeded: number }
  | { readonly kind: 'isolated' }
);

export type BreakerKind = BreakerState['kind'];

/** What a call tells of the dependency; `ignored` where it tells nothing, as when the caller gave up. */
export type CallOutcome = 'success' | 'failure' | 'ignored';

export const CLOSED: BreakerState = { kind: 'closed', generation: 0, failures: 0 };

/** The circuit after somebody has asked to call, and whether they may. @param now monotonic milliseconds */
export function admit(
  state: BreakerState,
  { probes }: BreakerSettings,
  now: number,
): { readonly state: BreakerState; readonly may: boolean } {
  if (state.kind === 'closed') return { state, may: true };
  if (state.kind === 'isolated') return { state, may: false };
  if (state.kind === 'open') {
    if (now < state.until) return { state, may: false };
    return { state: { kind: 'half_open', generation: state.generation + 1, running: 1, succeeded: 0 }, may: true };
  }
  if (state.running + state.succeeded >= probes) return { state, may: false };
  return { state: { ...state, running: state.running + 1 }, may: true };
}

/** The circuit after a call has ended. @param generation that of the circuit when the call was let through */
export function settle(
  state: BreakerState,
  generation: number,
  outcome: CallOutcome,
  settings: BreakerSettings,
  now: number,
): BreakerState {
  if (state.generation !== generation) return state;
  if (state.kind === 'closed') return settleClosed(state, outcome, settings, now);
  if (state.kind !== 'half_open') return state;
  if (outcome === 'failure') return opened(state, settings, now);
  const succeeded = state.succeeded + (outcome === 'success' ? 1 : 0);
  return succeeded >= settings.probes ? reset(state) : { ...state, running: state.running - 1, succeeded };
}

/** The circuit closed by hand. */
export function reset({ generation }: BreakerState): BreakerState {
  return { kind: 'closed', generation: generation + 1, failures: 0 };
}

/** The circuit held open by hand, until it is closed by hand. */
export function isolate({ generation }: BreakerState): BreakerState {
  return { kind: 'isolated', generation: generation + 1 };
}

function settleClosed(
  state: BreakerState & { readonly kind: 'closed' },
  outcome: CallOutcome,
  settings: BreakerSettings,
  now: number,
): BreakerState {
  if (outcome === 'ignored' || (outcome === 'success' && state.failures === 0)) return state;
  if (outcome === 'success') return { ...state, failures: 0 };
  const failures = state.failures + 1;
  return failures >= settings.failures ? opened(state, settings, now) : { ...state, failures };
}

function opened({ generation }: BreakerState, { recoveryMs }: BreakerSettings, now: number): BreakerState {
  return { kind: 'open', generation: generation + 1, until: now + recoveryMs };
}
