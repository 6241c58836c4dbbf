import { SqlRuleFilterStore } from '../../ada/adapters/sql-rule-filter-store.js';
import { readYamlDocuments } from '../../ada/adapters/yaml-documents.js';
import type { TenantId } from '../../contracts/tenant.js';
import { exportedLine, type ExportedBatch, type ExportedLine } from '../../mssp/ingest/domain/exported-events.js';
import { evidenceOrigin, keepEvidence, type Evidence, type EvidenceTables } from '../../platform/audit/audit-evidence.js';
import type { AuditRecord } from '../../platform/audit/audit-record.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { readExportFile } from '../../platform/tenant-export/export-files.js';
import { fileOf, findFile, type ExportedFile, type ExportManifest } from '../../platform/tenant-export/export-manifest.js';
import { SqliteIndicatorStore } from '../../taa/adapters/sqlite-indicator-store.js';
import type { IndicatorReport } from '../../taa/domain/indicator.js';
import { indicatorReport } from '../../taa/domain/indicator-report.js';
import type { EventImport } from './event-exports.js';

/** Bounds of one chunk, as they are where events arrive. */
const MOST_EVENTS = 5_000;
const MOST_CHARACTERS = 8 * 1024 * 1024;
const MOST_AT_ONCE = 5_000;
/** Characters of a tenant's filters, as they are where filters arrive. */
const MOST_FILTER_TEXT = 65_536;
const MONTH = /^events-(\d{4}-\d{2})\./;

/** Stores the events of an export, encrypted with the tenant's own keys; answers how many there are. @throws TypeError for what no export has. */
export async function takeEvents(from: string, files: readonly ExportedFile[], into: EventImport): Promise<number> {
  let events = 0;
  try {
    for (const file of files) {
      const month = MONTH.exec(file.path)?.[1];
      if (month !== undefined) events += await takeMonth(into, month, readExportFile(from, file));
    }
  } finally {
    await into.close();
  }
  return events;
}

async function takeMonth(into: EventImport, month: string, values: AsyncIterable<unknown>): Promise<number> {
  let [events, waiting, characters] = [0, [] as ExportedBatch[], 0];
  let account: Exclude<ExportedLine, { type: 'batch' }>[] = [];
  const store = async (): Promise<void> => {
    const [batches, lines] = [waiting, account];
    [waiting, account, characters] = [[], [], 0];
    events += await into.batches(month, batches);
    await into.account(month, lines);
  };
  for await (const value of values) {
    const line = exportedLine(value, month);
    if (line.type !== 'batch') account.push(line);
    else {
      waiting.push(line);
      characters += line.events.reduce((sum, { raw }) => sum + raw.length, 0);
    }
    const count = waiting.reduce((sum, batch) => sum + batch.events.length, account.length);
    if (count >= MOST_EVENTS || characters >= MOST_CHARACTERS) await store();
  }
  await store();
  return events;
}

/** Where everything else goes. */
export interface CasePlace {
  readonly databases: TenantDatabases;
  readonly tenant: TenantId;
}

/** Keeps the audit log of an export as evidence, and what evidence the tenant had; answers how many records there are. */
export async function takeEvidence(from: string, manifest: ExportManifest, { databases, tenant }: CasePlace): Promise<number> {
  const db = await databases.of<EvidenceTables>(tenant);
  const origin = evidenceOrigin(manifest.tenant_id, manifest.audit.head);
  let records = 0;
  await db.transaction().execute(async (trx) => {
    const keep = async (evidence: readonly Evidence[]): Promise<void> => {
      await keepEvidence(trx, evidence);
      records += evidence.length;
    };
    const log = readExportFile(from, fileOf(manifest, 'audit')) as AsyncIterable<AuditRecord>;
    await inGroups(log, (group) => keep(group.map((record) => ({ origin, record }))));
    await inGroups(readExportFile(from, fileOf(manifest, 'evidence')) as AsyncIterable<Evidence>, keep);
  });
  return records;
}

/** Stores the indicators of an export under their sources; answers how many there are. @throws TypeError for what no export has. */
export async function takeIndicators(
  from: string,
  manifest: ExportManifest,
  { databases, tenant, clock, actor }: CasePlace & { readonly clock: Clock; readonly actor: string },
): Promise<number> {
  const bySource = new Map<string, IndicatorReport[]>();
  for await (const value of readExportFile(from, fileOf(manifest, 'indicators'))) {
    const { source, ...report } = indicatorReport(value);
    const reports = bySource.get(source) ?? [];
    reports.push(report);
    bySource.set(source, reports);
  }
  const store = new SqliteIndicatorStore(databases, clock);
  const change = { actor: { type: 'system', id: actor }, correlation_id: 'gatra-tenant-import', source_ip: '' } as const;
  for (const [source, reports] of bySource) await store.replace(tenant, source, reports, change);
  return [...bySource.values()].reduce((sum, reports) => sum + reports.length, 0);
}

/**
 * Stores the rule filters of an export as the tenant's own; answers how many there are. Exports of releases before this one have none.
 * @throws TypeError for what no export has.
 */
export async function takeRuleFilters(
  from: string,
  manifest: ExportManifest,
  { databases, tenant, clock, actor }: CasePlace & { readonly clock: Clock; readonly actor: string },
): Promise<number> {
  const file = findFile(manifest, 'rule_filters');
  if (file === undefined) return 0;
  const texts: string[] = [];
  for await (const value of readExportFile(from, file)) texts.push(filterText(value));
  const [document, ...others] = texts;
  if (document === undefined) return 0;
  if (others.length > 0) throw new TypeError('rule_filters holds more than the filters of one tenant');
  const filters = readYamlDocuments(document).length;
  const change = { actor: { type: 'system', id: actor }, correlation_id: 'gatra-tenant-import', source_ip: '' } as const;
  await new SqlRuleFilterStore(databases, clock).replace(tenant, { document, filters }, change);
  return filters;
}

/** Whether the rules are there that they refer to is looked at where they are put in force, as after every change of rules. */
function filterText(value: unknown): string {
  const document = typeof value === 'object' && value !== null && 'document' in value ? value.document : undefined;
  if (typeof document !== 'string' || document === '' || document.length > MOST_FILTER_TEXT) {
    throw new TypeError('rule_filters holds no filters of an export');
  }
  return document;
}

async function inGroups<T>(items: AsyncIterable<T>, work: (group: readonly T[]) => Promise<void>): Promise<void> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < MOST_AT_ONCE) continue;
    await work(group);
    group = [];
  }
  await work(group);
}
