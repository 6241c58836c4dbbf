import { Injectable, Logger } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorFunction } from '@nestjs/terminus';
import type { HealthProbe } from './health-probe.js';
import { SharedCheck } from './shared-check.js';

/** What health looks at; whoever owns a dependency adds its probe. A change for the worse or the better is logged once. */
@Injectable()
export class ProbeRegistry {
  private readonly logger = new Logger(ProbeRegistry.name);
  private readonly shared: SharedCheck[] = [];
  private readonly down = new Set<string>();

  constructor(private readonly indicators: HealthIndicatorService) {}

  add(probe: HealthProbe): void {
    this.shared.push(new SharedCheck(probe));
  }

  /** One check a dependency. */
  checks(): HealthIndicatorFunction[] {
    return this.shared.map((shared) => async () => {
      const { name, isCritical } = shared.probe;
      const indicator = this.indicators.check(name);
      const { healthy, latencyMs, error } = await shared.look();
      this.note(name, healthy, error);
      const details = { latency_ms: latencyMs, critical: isCritical };
      return healthy ? indicator.up(details) : indicator.down(details);
    });
  }

  private note(dependency: string, healthy: boolean, error: unknown): void {
    if (healthy === !this.down.has(dependency)) return;
    if (healthy) {
      this.down.delete(dependency);
      this.logger.log({ event: 'health.up', dependency }, 'dependency works again');
      return;
    }
    this.down.add(dependency);
    this.logger.warn({ err: error, event: 'health.down', dependency }, 'dependency is down');
  }
}
