import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { ApiKeyStore } from '../auth/api-key-store.js';
import { issueApiKey } from '../auth/issue-api-key.js';
import type { Role } from '../auth/permissions.js';
import type { Clock } from '../clock/clock.js';
import type { SecretVersion } from '../secrets/secret-ring.js';
import { aloneInDataDirectory } from '../storage/process-lock.js';
import { writeDurably } from '../storage/write-durably.js';
import type { TenantDirectory } from './tenant-directory.js';

/** File that the first credentials are written to, inside the data directory, mode 0600. */
export const BOOTSTRAP_FILE = 'bootstrap.json';

/** A credential as its holder needs it. */
export interface BootstrapCredential {
  readonly principal: string;
  readonly api_key: string;
}

/** Content of the bootstrap file. */
export interface BootstrapFile {
  readonly base_url: string;
  readonly platform_admin: BootstrapCredential;
  readonly tenants: Readonly<Record<string, Readonly<Record<string, BootstrapCredential>>>>;
}

const DAY_MS = 86_400_000;

const FIRST_KEYS: Readonly<Record<string, { readonly role: Role; readonly kind: 'person' | 'collector' }>> = {
  collector: { role: 'collector', kind: 'collector' },
  viewer: { role: 'viewer', kind: 'person' },
  analyst: { role: 'analyst', kind: 'person' },
  responder: { role: 'responder', kind: 'person' },
  responder_2: { role: 'responder', kind: 'person' },
  tenant_admin: { role: 'tenant-admin', kind: 'person' },
};

/** What the first credentials are made with. */
export interface BootstrapParts {
  readonly dataDir: string;
  readonly directory: TenantDirectory;
  readonly keys: ApiKeyStore;
  readonly pepper: SecretVersion;
  readonly environment: 'development' | 'production';
  /** How long the first keys live. */
  readonly keyDays: number;
  readonly clock: Clock;
}

/** Makes the first credentials and writes them to the bootstrap file, once, however many processes start. Answers the file's path. */
export async function bootstrap(parts: BootstrapParts): Promise<string> {
  const file = join(parts.dataDir, BOOTSTRAP_FILE);
  if (!existsSync(file)) {
    await aloneInDataDirectory(parts.dataDir, async () => {
      if (!existsSync(file)) await makeCredentials(parts, file);
    });
  }
  return file;
}

async function makeCredentials(parts: BootstrapParts, file: string): Promise<void> {
  const issue = async (
    principal: string,
    kind: 'person' | 'collector',
    role: Role,
    tenant: TenantId | null,
  ): Promise<BootstrapCredential> => {
    const { environment, clock, keyDays } = parts;
    const expiresAt = new Date(clock.now() + keyDays * DAY_MS).toISOString();
    const request = { tenant, principal, kind, environment, roles: [role], label: 'first key', createdBy: 'bootstrap', expiresAt };
    const { text, stored } = issueApiKey(parts.pepper, request, clock.isoNow());
    await parts.keys.add([stored], [created('api_key', stored.key_id)]);
    return { principal, api_key: text };
  };
  const platformAdmin = await issue('admin@platform', 'person', 'platform-admin', null);
  const tenants: Record<string, Record<string, BootstrapCredential>> = {};
  for (const { tenant_id: tenant } of await parts.directory.list()) {
    const credentials: Record<string, BootstrapCredential> = {};
    for (const [name, { role, kind }] of Object.entries(FIRST_KEYS))
      credentials[name] = await issue(`${name}@${tenant}`, kind, role, tenant);
    tenants[tenant] = credentials;
  }
  writePrivately(file, { base_url: '', platform_admin: platformAdmin, tenants });
}

/** Takes a tenant's first credentials out of the file. */
export function forgetFirstCredentials(dataDir: string, tenant: TenantId): void {
  const file = join(dataDir, BOOTSTRAP_FILE);
  if (!existsSync(file)) return;
  const content = JSON.parse(readFileSync(file, 'utf8')) as BootstrapFile;
  const { [tenant]: forgotten, ...tenants } = content.tenants;
  if (forgotten) writePrivately(file, { ...content, tenants });
}

/** Notes where the app is served, for whoever reads the bootstrap file; nothing happens where there is none. */
export function noteBaseUrl(dataDir: string, baseUrl: string): void {
  const file = join(dataDir, BOOTSTRAP_FILE);
  if (!existsSync(file)) return;
  const content = JSON.parse(readFileSync(file, 'utf8')) as BootstrapFile;
  if (content.base_url !== baseUrl) writePrivately(file, { ...content, base_url: baseUrl });
}

function writePrivately(file: string, content: BootstrapFile): void {
  writeDurably(file, `${JSON.stringify(content, null, 2)}\n`);
}

function created(type: string, id: string): AuditEntry {
  return {
    action: `${type}.created`,
    actor: { type: 'system', id: 'bootstrap' },
    target: { type, id },
    outcome: 'success',
    correlation_id: 'bootstrap',
  };
}
