import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Gauges of prom-client's own whose names end in `_total`, which is for counters; their parts by kind stay. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What every Prometheus client of Node says of its process: CPU, memory, descriptors, start, garbage collection, heap, event-loop lag. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
