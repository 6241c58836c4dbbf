import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { PlatformDatabase } from '../storage/platform-database.js';
import { HealthProbe } from './health-probe.js';
import { ProbeRegistry } from './probe-registry.js';

/** Whether the platform's database answers. */
@Injectable()
export class StorageProbe extends HealthProbe {
  readonly name = 'storage';
  readonly isCritical = true;

  constructor(
    private readonly database: PlatformDatabase,
    registry: ProbeRegistry,
  ) {
    super();
    registry.add(this);
  }

  async check(): Promise<void> {
    await sql`SELECT 1`.execute(await this.database.get());
  }
}
