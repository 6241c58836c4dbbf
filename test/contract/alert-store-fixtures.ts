import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Detection } from '../../src/contracts/detection.js';
import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { CaseFiles } from '../../src/mssp/cases/adapters/case-files.js';
import type { CaseTables } from '../../src/mssp/cases/adapters/case-tables.js';
import { caseMigrations } from '../../src/mssp/cases/adapters/case-migrations.js';
import { auditMigrations } from '../../src/platform/audit/audit-migrations.js';
import { TenantCipher } from '../../src/platform/encryption/tenant-cipher.js';
import { SqliteThread } from '../../src/platform/storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../../src/platform/storage/sqlite-tenant-databases.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { feedMigrations } from '../../src/platform/feed/feed-migrations.js';
import { workMigrations } from '../../src/platform/work-queue/work-migrations.js';

export const ACME = toTenantId('acme-corp');
export const GLOBEX = toTenantId('globex');
export const NOON = Date.parse('2025-03-01T12:00:00.000Z');
export const SYSTEM_STAMP = { actor: { type: 'system', id: 'test' }, now: NOON, correlation_id: 'req-test' } as const;

export interface TemporaryTenants {
  readonly directory: string;
  readonly databases: TenantDatabases;
  readonly cases: CaseFiles;
  close(): Promise<void>;
}

/** Tenant databases in a directory of their own, with the tables of cases; `close` removes them. The cases are encrypted. */
export function temporaryTenants(): TemporaryTenants {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-cases-'));
  const thread = new SqliteThread();
  const databases = new SqliteTenantDatabases(thread, directory, {
    ...auditMigrations,
    ...workMigrations,
    ...feedMigrations,
    ...caseMigrations,
  });
  return {
    directory,
    databases,
    cases: casesIn(databases, true),
    async close() {
      await databases.closeAll();
      await thread.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Cases in databases that have their tables. @param sealed whether they are encrypted. @param publishes whether what happens to alerts is kept to be published. */
export function casesIn(databases: TenantDatabases, sealed: boolean, publishes = false): CaseFiles {
  return new CaseFiles(databases, { of: sealed ? randomCiphers() : async () => undefined }, publishes);
}

/** A cipher for each tenant, made when first asked for. */
function randomCiphers(): (tenant: TenantId) => Promise<TenantCipher> {
  const ciphers = new Map<TenantId, TenantCipher>();
  return async (tenant) => {
    const known = ciphers.get(tenant);
    if (known) return known;
    const cipher = new TenantCipher({ data: [{ number: 1, key: randomBytes(32) }], index: randomBytes(32) });
    ciphers.set(tenant, cipher);
    return cipher;
  };
}

/** A detection at noon plus `minutes`, on a host unless told otherwise. */
export function detection(index: number, more: Partial<Detection> & { readonly minutes?: number } = {}): Detection {
  const { minutes = 0, ...rest } = more;
  return {
    detector: 'sigma',
    rule: { id: 'rule-1', title: 'Encoded command', author: 'GATRA', level: 'high', license: 'Apache-2.0' },
    severity: 'high',
    event_index: index,
    event_time: new Date(NOON + minutes * 60_000).toISOString(),
    entities: [{ type: 'host', value: 'ws-17' }],
    techniques: ['T1059.001'],
    tactics: ['execution'],
    reason: 'An encoded command was run.',
    ...rest,
  };
}

/** A batch that arrived at noon. */
export function batch(id: string) {
  return { batch_id: id, received_at: new Date(NOON).toISOString(), correlation_id: `req-${id}` };
}

/** All rows of one of acme-corp's tables, those of its log in their order. */
export async function rowsOf(databases: TenantDatabases, table: keyof CaseTables): Promise<readonly object[]> {
  const db = await databases.of<CaseTables>(ACME);
  if (table === 'audit_log') return db.selectFrom('audit_log').selectAll().orderBy('idx').execute();
  return db.selectFrom(table).selectAll().execute();
}
