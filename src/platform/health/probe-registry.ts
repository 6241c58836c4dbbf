import { Injectable, Logger } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorFunction } from '@nestjs/terminus';
import { HealthProbe } from './health-probe.js';

const TIMEOUT_MS = 2_000;

/** The dependencies that readiness looks at; whoever owns one adds its probe. */
@Injectable()
export class ProbeRegistry {
  private readonly logger = new Logger(ProbeRegistry.name);
  private readonly probes: HealthProbe[] = [];

  constructor(private readonly indicators: HealthIndicatorService) {}

  add(probe: HealthProbe): void {
    this.probes.push(probe);
  }

  /** One check a dependency; one that does not answer in two seconds is down. */
  checks(): HealthIndicatorFunction[] {
    return this.probes.map((probe) => async () => {
      const indicator = this.indicators.check(probe.name);
      const started = process.hrtime.bigint();
      const healthy = await this.ask(probe);
      const details = { latency_ms: Math.round(Number(process.hrtime.bigint() - started) / 1e4) / 100 };
      return healthy ? indicator.up(details) : indicator.down(details);
    });
  }

  private async ask(probe: HealthProbe): Promise<boolean> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      await Promise.race([probe.check(signal), rejectOnAbort(signal)]);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, event: 'health.down', dependency: probe.name }, 'dependency is down');
      return false;
    }
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true }));
}
