import type { Provider } from '@nestjs/common';
import { Stirs } from '../changes/stirs.js';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { DeadLetterCensus } from '../dead-letters/dead-letter-census.js';
import { DeadLetterStore } from '../dead-letters/dead-letter-store.js';
import { DeadLettersService } from '../dead-letters/dead-letters.service.js';
import { Metrics } from '../observability/metrics.js';
import type { Secrets } from '../secrets/secrets.js';
import { TenantDatabases } from '../storage/tenant-databases.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { PostgresHolders } from './postgres-holders.js';
import { ProcessHolders } from './process-holders.js';
import { QueueGauges } from './queue-gauges.js';
import { WorkBatches } from './work-batches.js';
import { WorkContext } from './work-context.js';
import { WorkHolders } from './work-holders.js';
import { WorkRunner } from './work-runner.js';
import { WorkStore } from './work-store.js';

/** The work queue and what became of work that could not be done. */
export function workProviders(config: Config, { postgres }: Secrets): Provider[] {
  return [
    {
      provide: WorkHolders,
      useFactory: () => (postgres === null ? new ProcessHolders(config.dataDir) : new PostgresHolders(postgres.app)),
    },
    {
      provide: WorkStore,
      inject: [TenantDatabases],
      useFactory: (databases: TenantDatabases) => new WorkStore(databases, config.caps.deadLetters),
    },
    WorkContext,
    {
      provide: WorkBatches,
      inject: [WorkStore, WorkHolders, Clock, Metrics, WorkContext],
      useFactory: (store: WorkStore, holders: WorkHolders, clock: Clock, metrics: Metrics, context: WorkContext) =>
        new WorkBatches({ store, holders, clock, metrics, context }),
    },
    {
      provide: WorkRunner,
      inject: [WorkStore, TenantDirectory, Clock, WorkBatches, Stirs],
      useFactory: makeRunner,
    },
    QueueGauges,
    { provide: DeadLetterStore, inject: [TenantDatabases], useFactory: (databases: TenantDatabases) => new DeadLetterStore(databases) },
    DeadLettersService,
    DeadLetterCensus,
  ];
}

type RunnerParts = [WorkStore, TenantDirectory, Clock, WorkBatches, Stirs];

function makeRunner(...[store, tenants, clock, batches, stirs]: RunnerParts): WorkRunner {
  const runner = new WorkRunner(store, tenants, clock, batches, (tenant) => stirs.stirOthers('work', tenant));
  stirs.listen('work', (tenant) => runner.hear(tenant));
  return runner;
}
