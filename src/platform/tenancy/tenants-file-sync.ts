import type { AuditEntry } from '../audit/audit-record.js';
import type { Deed } from '../auth/deed-of.js';
import type { Clock } from '../clock/clock.js';
import { isSame, mergeSettings } from './merge-settings.js';
import type { Tenant, TenantSettings } from './tenant.js';
import type { TenantDirectory } from './tenant-directory.js';
import type { TenantFileEntries } from './tenant-file-entries.js';
import { readTenantsFile } from './tenants-file.js';

/** What became of the tenants that the file names, by id. */
export interface TenantsReload {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Deleted by an operator: the file does not bring them back. */
  readonly deleted: readonly string[];
}

const MOST_ATTEMPTS = 3;

/** Who takes the file up where nobody asked for it. */
export const TENANTS_FILE: Deed = { actor: { type: 'system', id: 'tenants-file' }, correlation_id: 'tenants-file', source_ip: '' };

/**
 * Brings what the tenants file says to the directory. Of what the file and the API both say, the later change of each setting holds; tenants that the file no longer
 * names stay as they are, and those that were deleted stay deleted.
 */
export class TenantsFileSync {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly directory: TenantDirectory,
    private readonly entries: TenantFileEntries,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads the file and takes up what it says otherwise than the last time, one reading after another.
   * @throws TenantsFileError with nothing changed.
   */
  reload(deed: Deed = TENANTS_FILE): Promise<TenantsReload> {
    const reload = this.last.then(() => this.apply(readTenantsFile(this.file), deed));
    this.last = reload.catch(() => undefined);
    return reload;
  }

  private async apply(written: readonly TenantSettings[], deed: Deed): Promise<TenantsReload> {
    const report = { added: [] as string[], changed: [] as string[], unchanged: [] as string[], deleted: [] as string[] };
    for (const entry of written) report[await this.take(entry, deed)].push(entry.tenant_id);
    return report;
  }

  private async take(entry: TenantSettings, deed: Deed): Promise<keyof TenantsReload> {
    const { tenant_id } = entry;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const current = await this.directory.find(tenant_id);
      if (!current && (await this.entries.wasDeleted(tenant_id))) return 'deleted';
      if (current?.status === 'deleting') return 'deleted';
      const before = await this.entries.find(tenant_id);
      const outcome = current ? await this.change(current, before ?? entry, entry, deed) : await this.add(entry, deed);
      if (!outcome) continue;
      if (!before || !isSame(before, entry)) await this.entries.keep(entry);
      return outcome;
    }
    throw new Error(`the tenant ${tenant_id} keeps changing`);
  }

  private async add(entry: TenantSettings, deed: Deed): Promise<'added' | undefined> {
    const now = this.clock.isoNow();
    const tenant: Tenant = { ...entry, status: 'active', legal_hold: null, created_at: now, updated_at: now, version: 1 };
    return (await this.directory.add(tenant, audit(deed, 'tenant.created', tenant))) ? 'added' : undefined;
  }

  private async change(
    current: Tenant,
    before: TenantSettings,
    entry: TenantSettings,
    deed: Deed,
  ): Promise<'changed' | 'unchanged' | undefined> {
    const merged: Tenant = { ...current, ...mergeSettings(current, before, entry) };
    if (isSame(merged, current)) return 'unchanged';
    const next = { ...merged, updated_at: this.clock.isoNow(), version: current.version + 1 };
    return (await this.directory.replace(next, audit(deed, 'tenant.updated', next))) ? 'changed' : undefined;
  }
}

function audit(deed: Deed, action: string, { tenant_id }: Tenant): AuditEntry {
  return { ...deed, action, target: { type: 'tenant', id: tenant_id }, outcome: 'success', details: { by: 'tenants file' } };
}
