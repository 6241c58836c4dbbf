import { Module } from '@nestjs/common';
import { IncidentReader } from '../../contracts/incident-reader.js';
import { RuleAlertReader } from '../../contracts/rule-alerts.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { CiphersInHand } from '../../platform/encryption/ciphers-in-hand.js';
import { Stirs } from '../../platform/changes/stirs.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { CaseFiles } from './adapters/case-files.js';
import { SqliteAlertOutbox } from './adapters/sqlite-alert-outbox.js';
import { SqliteAlertStore } from './adapters/sqlite-alert-store.js';
import { SqliteIncidentStore } from './adapters/sqlite-incident-store.js';
import { AlertOutbox } from './domain/alert-outbox.js';
import { AlertStore } from './domain/alert-store.js';
import { IncidentStore } from './domain/incident-store.js';
import { StoredIncidentReader } from './stored-incident-reader.js';
import { StoredRuleAlertReader } from './stored-rule-alert-reader.js';

/** Where alerts and incidents are kept, for whoever works on them and for the agents that read them. */
@Module({
  providers: [
    {
      provide: CaseFiles,
      inject: [TenantDatabases, CiphersInHand, Stirs, CONFIG],
      useFactory: (databases: TenantDatabases, ciphers: CiphersInHand, stirs: Stirs, { pubsub }: Config) =>
        new CaseFiles(databases, ciphers, pubsub?.publishesAlerts, (tenant) => stirs.stir('feed', tenant)),
    },
    { provide: AlertStore, inject: [CaseFiles], useFactory: (cases: CaseFiles) => new SqliteAlertStore(cases) },
    { provide: IncidentStore, inject: [CaseFiles], useFactory: (cases: CaseFiles) => new SqliteIncidentStore(cases) },
    { provide: AlertOutbox, inject: [CaseFiles], useFactory: (cases: CaseFiles) => new SqliteAlertOutbox(cases) },
    { provide: IncidentReader, useClass: StoredIncidentReader },
    { provide: RuleAlertReader, useClass: StoredRuleAlertReader },
  ],
  exports: [AlertStore, AlertOutbox, IncidentStore, IncidentReader, RuleAlertReader],
})
export class CaseStoresModule {}
