import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry, AuditRecord } from '../../platform/audit/audit-record.js';
import { SqliteAuditLog } from '../../platform/audit/sqlite-audit-log.js';
import type { TenantKeys } from '../../platform/encryption/tenant-keys.js';
import { tenantDirectory, tenantDirectoryPath } from '../../platform/storage/data-directory.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { syncDirectory } from '../../platform/storage/write-durably.js';
import { checkExport, readExportFile } from '../../platform/tenant-export/export-files.js';
import { ExportError, fileOf, readExportManifest, type ExportManifest } from '../../platform/tenant-export/export-manifest.js';
import type { CipherSource } from '../../mssp/cases/adapters/case-files.js';
import { eventsUrlOf } from '../stores/open-event-place.js';
import { withDatabases, type OpenStores } from '../stores/open-stores.js';
import { importIntoFiles, importIntoTables } from './event-exports.js';
import { VerifiedLog } from './export-tenant.js';
import { importedTenant } from './imported-tenant.js';
import { takeEvents, takeEvidence, takeIndicators, takeRuleFilters } from './take-export.js';

/** What an import is made with. */
export interface ImportParts {
  readonly stores: OpenStores;
  readonly keys: TenantKeys;
  readonly ciphers: CipherSource;
  readonly from: string;
  readonly actor: string;
}

/** What an import came to. */
export interface Imported {
  readonly tenant_id: TenantId;
  readonly events: number;
  readonly indicators: number;
  readonly rule_filters: number;
  readonly evidence: number;
}

/**
 * Brings a tenant in from an export: its events byte for byte and under the same ids, its indicators and rule filters, and its audit log as evidence. Everything is held
 * against the manifest before anything is written; the tenant is there once all of it is.
 * @throws ExportError with nothing left behind.
 */
export async function importTenant(parts: ImportParts, as: TenantId | undefined): Promise<Imported> {
  const { stores, from } = parts;
  const manifest = readExportManifest(from);
  await checkExport(from, manifest);
  await checkLog(from, manifest);
  const id = as ?? manifest.tenant_id;
  const target = tenantDirectoryPath(stores.dataDir, id);
  await stores.directory.refresh();
  if (await stores.directory.find(id)) throw new ExportError(`there is a tenant ${id}: import it under another id, with --as`);
  if (existsSync(target)) throw new ExportError(`${target} is there, of no tenant: look at it, remove it, and try again`);
  const rows = await stores.tenants.rowsOf(id);
  if (Object.values(rows).some((count) => count > 0))
    throw new ExportError(`there are rows of ${id}, which is no tenant: look at them, and try again`);
  const tenant = await importedTenant(from, manifest, id, stores.clock.isoNow());
  const staging = join(stores.dataDir, `importing-${id}`);
  if (existsSync(staging)) throw new ExportError(`${staging} is there, of an import that did not end: remove it, and try again`);
  try {
    const counts = await fill(parts, manifest, { id, staging });
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    renameSync(tenantDirectoryPath(staging, id), target);
    syncDirectory(dirname(target));
    if (!(await stores.directory.add(tenant, entryOf(parts.actor, manifest, id, counts)))) throw new ExportError(`there is a tenant ${id}`);
    return { tenant_id: id, ...counts };
  } catch (error) {
    await stores.directory.refresh();
    if (!(await stores.directory.find(id))) {
      rmSync(target, { recursive: true, force: true });
      await stores.tenants.erase(id);
      await parts.keys.destroy(id);
    }
    throw error instanceof TypeError || error instanceof RangeError ? new ExportError(error.message, { cause: error }) : error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

type Counts = Omit<Imported, 'tenant_id'>;

async function fill(
  { stores, ciphers, from, actor }: ImportParts,
  manifest: ExportManifest,
  { id, staging }: { readonly id: TenantId; readonly staging: string },
): Promise<Counts> {
  const url = await eventsUrlOf(stores);
  const imported = { tenant: id, cipher: await ciphers.of(id) };
  const directory = tenantDirectory(staging, id);
  const events = await takeEvents(
    from,
    manifest.files,
    url === null ? importIntoFiles(directory, imported) : importIntoTables(url, imported),
  );
  const fillCases = async (databases: TenantDatabases): Promise<Counts> => {
    const evidence = await takeEvidence(from, manifest, { databases, tenant: id });
    const indicators = await takeIndicators(from, manifest, { databases, tenant: id, clock: stores.clock, actor });
    const filters = await takeRuleFilters(from, manifest, { databases, tenant: id, clock: stores.clock, actor });
    const counts = { events, indicators, rule_filters: filters, evidence };
    await new SqliteAuditLog(databases, stores.platform, stores.clock).append(id, [entryOf(actor, manifest, id, counts)]);
    return counts;
  };
  return stores.postgres === null
    ? withDatabases({ dataDir: staging, postgres: null }, ({ tenants }) => fillCases(tenants))
    : fillCases(stores.tenants);
}

/** Verifies the audit log anew: it must be as good, or as bad, as the manifest says. */
async function checkLog(from: string, manifest: ExportManifest): Promise<void> {
  const file = fileOf(manifest, 'audit');
  const log = new VerifiedLog(manifest.tenant_id);
  for await (const _ of log.through(readExportFile(from, file) as AsyncIterable<AuditRecord>));
  const { records, head } = log.end;
  if (records !== manifest.audit.records || head !== manifest.audit.head || (log.fault === null) !== (manifest.audit.fault === null)) {
    throw new ExportError('the audit log does not end where the manifest says');
  }
}

function entryOf(actor: string, { tenant_id, position, audit }: ExportManifest, id: TenantId, counts: Counts): AuditEntry {
  return {
    action: 'tenant.imported',
    actor: { type: 'system', id: actor },
    target: { type: 'tenant', id },
    outcome: 'success',
    correlation_id: 'gatra-tenant-import',
    details: { from: tenant_id, position, audit, ...counts },
  };
}
