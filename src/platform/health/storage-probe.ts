import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { PlatformDatabase } from '../storage/platform-database.js';
import { StorageFailure } from '../storage/storage-failure.js';
import { HealthProbe } from './health-probe.js';
import { ProbeRegistry } from './probe-registry.js';

/** Whether the platform's database answers, and no sync of a store has failed. */
@Injectable()
export class StorageProbe extends HealthProbe {
  readonly name = 'storage';
  readonly isCritical = true;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly failure: StorageFailure,
    registry: ProbeRegistry,
  ) {
    super();
    registry.add(this);
  }

  async check(): Promise<void> {
    if (this.failure.hasFailed) throw new Error('a sync has failed');
    await sql`SELECT 1`.execute(await this.database.get());
  }
}
