import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CipherSource } from '../../mssp/cases/adapters/case-files.js';
import { PLATFORM_LOG } from '../../platform/audit/audit-log.js';
import type { AuditEntry, AuditRecord } from '../../platform/audit/audit-record.js';
import { ChainVerifier, type ChainFault } from '../../platform/audit/hash-chain.js';
import { tenantDirectoryPath } from '../../platform/storage/data-directory.js';
import { makeDirectoryDurably, writeDurably } from '../../platform/storage/write-durably.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { writeExportFile, type ExportLines } from '../../platform/tenant-export/export-files.js';
import {
  EXPORT_MANIFEST,
  EXPORT_VERSION,
  ExportError,
  type ExportedFile,
  type ExportManifest,
} from '../../platform/tenant-export/export-manifest.js';
import { eventsUrlOf } from '../stores/open-event-place.js';
import type { OpenStores } from '../stores/open-stores.js';
import { exportFiles, exportTables } from './event-exports.js';
import { TenantLists } from './tenant-lists.js';

/** What an export is made with. */
export interface ExportParts {
  readonly stores: OpenStores;
  readonly ciphers: CipherSource;
  /** A directory that is not there yet, or empty. */
  readonly out: string;
  /** Who exports, as audit records name it. */
  readonly actor: string;
}

/**
 * Writes all that is known of a tenant, in the clear, beside a running app or without one. The audit record is written first, in the tenant's log and the
 * platform's. Webhook addresses stay behind, as they often are credentials, and so do keys of any kind.
 * @throws ExportError
 */
export async function exportTenant({ stores, ciphers, out, actor }: ExportParts, tenant: Tenant): Promise<ExportManifest> {
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new ExportError(`${out} is not empty: an export goes into a directory of its own`);
  const { tenant_id: id } = tenant;
  const position = stores.clock.isoNow();
  const entry: AuditEntry = {
    action: 'tenant.exported',
    actor: { type: 'system', id: actor },
    target: { type: 'tenant', id },
    outcome: 'success',
    correlation_id: 'gatra-tenant-export',
    details: { position },
  };
  const [recorded] = await stores.audit.append(id, [entry]);
  await stores.audit.append(PLATFORM_LOG, [entry]);
  makeDirectoryDurably(out);
  const files: ExportedFile[] = [];
  const write = async (name: string, values: ExportLines): Promise<void> => {
    files.push(await writeExportFile(out, `${name}.ndjson.gz`, values));
  };
  await write('tenant', [settingsOf(tenant)]);
  const url = await eventsUrlOf(stores);
  const exported = { tenant: id, cipher: await ciphers.of(id) };
  const events = url === null ? exportFiles(tenantDirectoryPath(stores.dataDir, id), exported) : exportTables(url, exported);
  for await (const { month, lines } of events) await write(`events-${month}`, lines);
  const lists = new TenantLists(stores, ciphers, id);
  for (const name of ['alerts', 'incidents', 'feedback', 'actions', 'indicators', 'evidence'] as const) await write(name, lists[name]());
  await write('rule_filters', lists.ruleFilters());
  const log = new VerifiedLog(id);
  await write('audit', log.through(lists.audit(recorded?.index ?? 0)));
  const audit = { ...log.end, fault: log.fault };
  const manifest: ExportManifest = {
    format: 'gatra-tenant-export',
    version: EXPORT_VERSION,
    tenant_id: id,
    position,
    finished_at: stores.clock.isoNow(),
    files,
    audit,
  };
  writeDurably(join(out, EXPORT_MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** An audit log that is verified while it is read. */
export class VerifiedLog {
  fault: ChainFault | null = null;
  private readonly verifier: ChainVerifier;

  constructor(tenant: string) {
    this.verifier = new ChainVerifier(tenant);
  }

  /** Where the records end that hold. */
  get end(): { readonly records: number; readonly head: string } {
    const { index, hash } = this.verifier.end;
    return { records: index, head: hash };
  }

  async *through(records: AsyncIterable<AuditRecord>): AsyncGenerator<AuditRecord> {
    for await (const record of records) {
      this.fault ??= this.verifier.check(record) ?? null;
      yield record;
    }
  }
}

function settingsOf(tenant: Tenant): Partial<Tenant> {
  return Object.fromEntries(Object.entries(tenant).filter(([name]) => name !== 'webhooks'));
}
