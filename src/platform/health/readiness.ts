/** What one look at a dependency showed. */
export interface DependencyState {
  readonly healthy: boolean;
  readonly critical: boolean;
}

/** `ok`; `degraded`: requests are served, something does without a dependency; `unready`: they are not; `draining`: the process is on its way out. */
export type HealthStatus = 'ok' | 'degraded' | 'unready' | 'draining';

/** Decides on a process by what it depends on. Ready are `ok` and `degraded`. */
export function healthStatus(isDraining: boolean, dependencies: readonly DependencyState[]): HealthStatus {
  if (isDraining) return 'draining';
  const down = dependencies.filter(({ healthy }) => !healthy);
  if (down.some(({ critical }) => critical)) return 'unready';
  return down.length === 0 ? 'ok' : 'degraded';
}
