import { HealthProbe } from '../../platform/health/health-probe.js';
import type { EventLake } from './domain/event-lake.js';
import type { LakeCopier } from './lake-copier.js';

/** Whether the lake answers, and takes every tenant's events. Until it does they are kept here. */
export class LakeProbe extends HealthProbe {
  readonly name = 'lake';
  readonly isCritical = false;

  constructor(
    private readonly lake: EventLake,
    private readonly copier: LakeCopier,
  ) {
    super();
  }

  async check(): Promise<void> {
    await this.lake.check();
    const troubles = this.copier.troubles();
    if (troubles.length > 0) throw new Error(troubles.join('; '));
  }
}
