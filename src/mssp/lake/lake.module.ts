import { readFileSync } from 'node:fs';
import { Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { SECRETS } from '../../platform/config/tokens.js';
import { ProbeRegistry } from '../../platform/health/probe-registry.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import type { Secrets } from '../../platform/secrets/secrets.js';
import { Leases } from '../../platform/storage/leases.js';
import { PlatformDatabase } from '../../platform/storage/platform-database.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { OutsidePlaces } from '../../platform/tenancy/erasure/outside-places.js';
import { TenantClosers } from '../../platform/tenancy/tenant-closers.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { AlertStore } from '../cases/domain/alert-store.js';
import { EventPipeline } from '../ingest/domain/event-pipeline.js';
import { PastEvents } from '../ingest/domain/past-events.js';
import { NoPastEvents } from '../ingest/no-past-events.js';
import { RetiredMonths } from '../retention/retired-months.js';
import { BigQueryLake } from './adapters/bigquery/bigquery-lake.js';
import { clickHouseDependency } from './adapters/clickhouse/clickhouse-dependency.js';
import { ClickHouseLake } from './adapters/clickhouse/clickhouse-lake.js';
import { StoredCopyProgress } from './adapters/stored-copy-progress.js';
import { EventLake } from './domain/event-lake.js';
import { lakeName } from './domain/lake-name.js';
import { LakeCopier } from './lake-copier.js';
import { LakePastEvents } from './lake-past-events.js';
import { LakeProbe } from './lake-probe.js';
import { TenantCopy } from './tenant-copy.js';
import { TenantDatasets } from './tenant-datasets.js';

type LakeConfig = NonNullable<Config['lake']>;

/** Where events are kept for long, if anywhere. Needs an `EventPipeline` and `RetiredMonths`, which the modules given bring. */
@Module({})
export class LakeModule {
  static forRoot({ lake }: Config, imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    const providers = lake ? lakeProviders(lake) : [{ provide: PastEvents, useClass: NoPastEvents }];
    return { module: LakeModule, imports: lake ? imports : [], providers, exports: [PastEvents] };
  }
}

function lakeProviders(lake: LakeConfig): Provider[] {
  return [
    {
      provide: EventLake,
      inject: [SECRETS, OutboundPolicies, TenantDirectory],
      useFactory: (secrets: Secrets, policies: OutboundPolicies, directory: TenantDirectory) =>
        openLake(lake, secrets, policies, directory),
    },
    {
      provide: TenantCopy,
      inject: [EventLake, EventPipeline, AuditLog, AlertStore, TenantDatabases, Clock],
      useFactory: (...parts: CopyInjections): TenantCopy => {
        const [place, pipeline, audit, alerts, databases, clock] = parts;
        const progress = new StoredCopyProgress(databases);
        return new TenantCopy({ name: lakeName(lake), lake: place, pipeline, records: { audit, alerts }, progress, clock });
      },
    },
    {
      provide: LakeCopier,
      inject: [EventLake, TenantCopy, TenantDirectory, PlatformDatabase, Clock, Metrics, ProbeRegistry, TenantClosers, OutsidePlaces],
      useFactory: (...parts: CopierInjections): LakeCopier => {
        const [place, copy, directory, database, clock, metrics, probes, closers, outside] = parts;
        const leases = new Leases(database);
        const copier = new LakeCopier({ lake: place, copy, directory, leases, clock, metrics });
        probes.add(new LakeProbe(place, copier));
        closers.register((tenant) => copier.forget(tenant));
        outside.register((tenant) => place.erase(tenant));
        return copier;
      },
    },
    {
      provide: PastEvents,
      inject: [EventLake, RetiredMonths],
      useFactory: (place: EventLake, retired: RetiredMonths) => new LakePastEvents(place, retired),
    },
  ];
}

type CopyInjections = [EventLake, EventPipeline, AuditLog, AlertStore, TenantDatabases, Clock];

type CopierInjections = [
  EventLake,
  TenantCopy,
  TenantDirectory,
  PlatformDatabase,
  Clock,
  Metrics,
  ProbeRegistry,
  TenantClosers,
  OutsidePlaces,
];

async function openLake(
  lake: LakeConfig,
  { clickHousePassword }: Secrets,
  policies: OutboundPolicies,
  directory: TenantDirectory,
): Promise<EventLake> {
  const { retentionDays } = lake;
  if (lake.kind === 'clickhouse') {
    const { url, username, caFile } = lake;
    const settings = { url, username, password: clickHousePassword ?? '', ...(caFile !== null && { ca: readFileSync(caFile, 'utf8') }) };
    return new ClickHouseLake({ ...settings, ...(retentionDays !== null && { days: retentionDays }) }, clickHouseDependency(policies));
  }
  const { project, location, writer, maximumBytesBilled, kmsKey, endpoint } = lake;
  const datasets = await TenantDatasets.of(directory);
  return new BigQueryLake(
    {
      project,
      location,
      writer,
      maximumBytesBilled,
      datasetOf: (tenant) => datasets.nameOf(tenant),
      ...(kmsKey !== null && { kmsKey }),
      ...(retentionDays !== null && { expirationDays: retentionDays }),
      ...(endpoint && { endpoint }),
    },
    policies,
  );
}
