import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { toTenantId } from '../../contracts/tenant.js';
import { PLATFORM_LOG } from '../../platform/audit/audit-log.js';
import type { EvidenceTables } from '../../platform/audit/audit-evidence.js';
import type { AuditVerification } from '../../platform/audit/audit-row-verifier.js';
import type { AuditTables } from '../../platform/audit/audit-tables.js';
import { verifyAuditFile } from '../../platform/audit/verify-audit-file.js';
import { verifyAuditRows, verifyEvidenceRows } from '../../platform/audit/verify-audit-rows.js';
import { verifyEvidence } from '../../platform/audit/verify-evidence.js';
import { processEnvironment } from '../../platform/config/environment.js';
import { tenantDirectoryPath } from '../../platform/storage/data-directory.js';
import { postgresOf, withStores, type OpenStores } from '../stores/open-stores.js';

/** Adds `gatra audit verify`. */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('Work with the audit logs');
  audit
    .command('verify')
    .description('Check the audit logs in a data directory, or in PostgreSQL, without the server: name the first bad record of each')
    .option('--data-dir <dir>', 'the data directory', processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra')
    .option('--tenant <id>', 'check only the log of this tenant')
    .option('--json', 'print one JSON object a log')
    .action(async (options: { dataDir: string; tenant?: string; json?: true }) => {
      const dataDir = resolve(options.dataDir);
      const isInFiles = (await postgresOf(dataDir)) === null;
      const results = isInFiles
        ? verifyFiles(dataDir, options.tenant)
        : await withStores(dataDir, (stores) => verifyRows(stores, options.tenant));
      if (results.length === 0) throw new Error('there is no audit log here: check --data-dir and --tenant');
      for (const result of results) process.stdout.write(`${options.json ? JSON.stringify(result) : describe(result)}\n`);
      process.exitCode = results.some((result) => result.fault) ? 1 : 0;
    });
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

function describe(result: AuditVerification): string {
  if (result.fault)
    return `FAULT  ${result.log || result.file}: record ${result.fault.index} ${result.fault.reason} (${result.records} good before it)`;
  return `ok     ${result.log || '(empty)'}: ${result.records} records, head ${result.head.slice(0, 16)}`;
}
