import { Injectable } from '@nestjs/common';
import { DamageRegister } from '../storage/damage-register.js';
import { HealthProbe } from './health-probe.js';
import { ProbeRegistry } from './probe-registry.js';

/** Whether everything in the stores was what had been written, since the start. What is lost is lost on every instance, so none is taken away for it. */
@Injectable()
export class DamageProbe extends HealthProbe {
  readonly name = 'stored_data';
  readonly isCritical = false;

  constructor(
    private readonly damage: DamageRegister,
    registry: ProbeRegistry,
  ) {
    super();
    registry.add(this);
  }

  async check(): Promise<void> {
    if (!this.damage.isEmpty) throw new Error('part of a store was lost');
  }
}
