import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toTenantId } from '../../contracts/tenant.js';
import type { EvidenceTables } from '../../platform/audit/audit-evidence.js';
import { PLATFORM_LOG } from '../../platform/audit/audit-log.js';
import type { AuditVerification } from '../../platform/audit/audit-row-verifier.js';
import type { AuditTables } from '../../platform/audit/audit-tables.js';
import { verifyAuditFile } from '../../platform/audit/verify-audit-file.js';
import { verifyAuditRows, verifyEvidenceRows } from '../../platform/audit/verify-audit-rows.js';
import { verifyEvidence } from '../../platform/audit/verify-evidence.js';
import { tenantDirectoryPath } from '../../platform/storage/data-directory.js';
import { postgresOf, withStores, type OpenStores } from '../stores/open-stores.js';

/** Checks the audit logs in a data directory, or in PostgreSQL: all, or one tenant's. @throws Error where there are no stores */
export async function verifyLogs(dataDir: string, tenant?: string): Promise<readonly AuditVerification[]> {
  const isInFiles = (await postgresOf(dataDir)) === null;
  return isInFiles ? verifyFiles(dataDir, tenant) : withStores(dataDir, (stores) => verifyRows(stores, tenant));
}

function verifyFiles(dataDir: string, tenant: string | undefined): readonly AuditVerification[] {
  return auditFiles(dataDir, tenant).flatMap(({ file, log }) => [verifyAuditFile(file, log), ...verifyEvidence(file)]);
}

async function verifyRows({ directory, tenants, platform }: OpenStores, only: string | undefined): Promise<readonly AuditVerification[]> {
  const results: AuditVerification[] = [];
  const known = (await directory.list()).filter(({ tenant_id: id }) => only === undefined || id === only);
  for (const { tenant_id: tenant } of known) {
    const db = await tenants.of<EvidenceTables>(tenant);
    results.push(await verifyAuditRows(db, 'PostgreSQL', tenant), ...(await verifyEvidenceRows(db, 'PostgreSQL')));
  }
  if (only === undefined) results.push(await verifyAuditRows(await platform.get<AuditTables>(), 'PostgreSQL', PLATFORM_LOG));
  return results;
}

function auditFiles(dataDir: string, tenant: string | undefined): { file: string; log?: string }[] {
  if (tenant !== undefined) {
    const file = join(tenantDirectoryPath(dataDir, toTenantId(tenant)), 'cases.db');
    return existsSync(file) ? [{ file, log: tenant }] : [];
  }
  const tenants = join(dataDir, 'tenants');
  const files: { file: string; log?: string }[] = existsSync(tenants)
    ? readdirSync(tenants).map((directory) => ({ file: join(tenants, directory, 'cases.db') }))
    : [];
  files.push({ file: join(dataDir, 'platform.db'), log: PLATFORM_LOG });
  return files.filter(({ file }) => existsSync(file));
}
