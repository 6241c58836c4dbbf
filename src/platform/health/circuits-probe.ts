import { Injectable } from '@nestjs/common';
import { Metrics } from '../observability/metrics.js';
import { BREAKER_OPEN } from '../resilience/breaker-metric.js';
import { HealthProbe } from './health-probe.js';
import { ProbeRegistry } from './probe-registry.js';

/** Whether all circuits to the outside are closed: feeds, identity providers, receivers, Redis. Each of them has a fallback. */
@Injectable()
export class CircuitsProbe extends HealthProbe {
  readonly name = 'circuits';
  readonly isCritical = false;

  constructor(
    private readonly metrics: Metrics,
    registry: ProbeRegistry,
  ) {
    super();
    registry.add(this);
  }

  async check(): Promise<void> {
    const { values } = await this.metrics.circuitBreakerState.get();
    const open = values.filter(({ value }) => value === BREAKER_OPEN).map(({ labels }) => String(labels.service));
    if (open.length > 0) throw new Error(`open: ${open.join(', ')}`);
  }
}
