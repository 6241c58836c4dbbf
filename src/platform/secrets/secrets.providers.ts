import type { Provider } from '@nestjs/common';
import { Leases } from '../storage/leases.js';
import { PlatformDatabase } from '../storage/platform-database.js';
import { RotationSchedule } from './rotation-schedule.js';
import { SecretsProbe } from './secrets-probe.js';
import { SecretsRefresher } from './secrets-refresher.js';

/** What keeps the secrets up to date while the app runs. */
export const secretsProviders: readonly Provider[] = [
  SecretsRefresher,
  SecretsProbe,
  { provide: Leases, inject: [PlatformDatabase], useFactory: (database: PlatformDatabase) => new Leases(database) },
  RotationSchedule,
];
