import { Injectable } from '@nestjs/common';
import { OutboundPolicies } from '../resilience/outbound-policies.js';
import { HealthProbe } from './health-probe.js';
import { ProbeRegistry } from './probe-registry.js';

/** Whether all circuits to the outside are closed: feeds, identity providers, receivers, Redis. Each of them has a fallback. */
@Injectable()
export class CircuitsProbe extends HealthProbe {
  readonly name = 'circuits';
  readonly isCritical = false;

  constructor(
    private readonly policies: OutboundPolicies,
    registry: ProbeRegistry,
  ) {
    super();
    registry.add(this);
  }

  async check(): Promise<void> {
    const open = this.policies
      .list()
      .filter(({ state }) => state === 'open' || state === 'isolated')
      .map(({ name }) => name);
    if (open.length > 0) throw new Error(`open: ${open.join(', ')}`);
  }
}
