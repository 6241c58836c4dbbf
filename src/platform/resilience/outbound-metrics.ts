import { Counter, Gauge, type Registry } from 'prom-client';
import type { BreakerKind } from './breaker-machine.js';
import type { Dependency } from './dependency.js';
import type { OutboundPolicies } from './outbound-policies.js';

/** A circuit that is held open by hand is open. */
const STATES: Readonly<Record<BreakerKind, number>> = { closed: 0, open: 1, half_open: 2, isolated: 1 };

/** Shows how dependencies are called, in metrics that are read from the policies when they are asked for. */
export function exposeOutbound(policies: OutboundPolicies, registry: Registry): void {
  const gauge = (name: string, help: string, read: (dependency: Dependency) => number): void => {
    const metric: Gauge<'service'> = new Gauge({
      name,
      help,
      labelNames: ['service'],
      registers: [registry],
      collect: () => {
        metric.reset();
        for (const dependency of policies.list()) metric.set({ service: dependency.name }, read(dependency));
      },
    });
  };
  const counter = (name: string, help: string, labels: readonly string[], read: (dependency: Dependency) => readonly Count[]): void => {
    const metric: Counter = new Counter({
      name,
      help,
      labelNames: ['service', ...labels],
      registers: [registry],
      collect: () => {
        metric.reset();
        for (const dependency of policies.list()) {
          for (const { value, ...others } of read(dependency)) metric.inc({ service: dependency.name, ...others }, value);
        }
      },
    });
  };
  gauge('circuit_breaker_state', '0 closed, 1 open, 2 half-open', ({ state }) => STATES[state]);
  gauge('bulkhead_executing', 'Calls to a dependency that are under way', ({ executing }) => executing);
  gauge('bulkhead_waiting', 'Calls to a dependency that wait for their turn', ({ waiting }) => waiting);
  counter('outbound_calls_total', 'Calls to a dependency, retries not counted', [], ({ counts }) => [{ value: counts.calls }]);
  counter('outbound_retries_total', 'Attempts after the first', [], ({ counts }) => [{ value: counts.retries }]);
  counter('outbound_timeouts_total', 'Calls that were given up because no answer came', [], ({ counts }) => [{ value: counts.timeouts }]);
  counter('outbound_rejected_total', 'Calls that were not made', ['reason'], ({ counts }) =>
    Object.entries(counts.rejected).map(([reason, value]) => ({ reason, value })),
  );
}

type Count = { readonly value: number; readonly reason?: string };
