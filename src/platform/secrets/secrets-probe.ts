import { Injectable } from '@nestjs/common';
import { HealthProbe } from '../health/health-probe.js';
import { ProbeRegistry } from '../health/probe-registry.js';
import { SecretsRefresher } from './secrets-refresher.js';

/** Whether the secrets could be read again of late; meanwhile the last good versions stay in force. */
@Injectable()
export class SecretsProbe extends HealthProbe {
  readonly name = 'secrets';
  readonly isCritical = false;

  constructor(
    private readonly refresher: SecretsRefresher,
    registry: ProbeRegistry,
  ) {
    super();
    registry.add(this);
  }

  async check(): Promise<void> {
    if (this.refresher.isStale()) throw new Error('secrets could not be read again');
  }
}
