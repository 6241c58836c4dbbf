import type { Provider } from '@nestjs/common';
import { LastResort } from '../lifecycle/last-resort.js';
import { Metrics } from '../observability/metrics.js';
import { SqliteThread } from './sqlite-thread.js';

/** The thread that holds the databases: measured, and watched over. */
export const sqliteThreadProvider: Provider = {
  provide: SqliteThread,
  inject: [Metrics, LastResort],
  useFactory: (metrics: Metrics, lastResort: LastResort) =>
    new SqliteThread({
      answered: (store, operation, seconds) => metrics.storeOperations.observe({ store, operation }, seconds),
      lost: (error) => lastResort.threadLost(error),
    }),
};
