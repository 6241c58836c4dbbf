import type { Metrics } from '../observability/metrics.js';
import type { PoolLoad } from './postgres/postgres-pool.js';

/** How the pools of connections to PostgreSQL are, as metrics; without series where there are none. */
export class PoolGauges {
  private readonly loads = new Map<string, () => PoolLoad>();

  constructor(metrics: Metrics) {
    metrics.gaugeOf('database_connections', 'Connections to PostgreSQL', ['store', 'state'], () =>
      [...this.loads].flatMap(([store, load]) => {
        const { connections, idle } = load();
        return [
          [{ store, state: 'busy' }, connections - idle],
          [{ store, state: 'idle' }, idle],
        ] as const;
      }),
    );
    metrics.gaugeOf('database_waiting_requests', 'Requests that wait for a connection to PostgreSQL', ['store'], () =>
      [...this.loads].map(([store, load]) => [{ store }, load().waiting] as const),
    );
  }

  add(store: string, load: () => PoolLoad): void {
    this.loads.set(store, load);
  }
}
