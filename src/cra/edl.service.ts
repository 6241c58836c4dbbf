import { createHash, randomBytes } from 'node:crypto';
import type { TenantId } from '../contracts/tenant.js';
import { hashApiKeySecret, isHashOf } from '../platform/auth/api-key.js';
import type { TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import type { Clock } from '../platform/clock/clock.js';
import type { SecretRing } from '../platform/secrets/secret-ring.js';
import type { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import type { ExternalListCredentialDto, ExternalListDto } from './edl.dto.js';
import type { ExternalList, ExternalListStore } from './domain/external-list.js';

/** Compared against where there is no credential, so that every refusal takes the same way. */
const NO_HASH = '0'.repeat(64);

/** A list as it is served. */
export interface ServedList {
  /** One value a line. */
  readonly text: string;
  /** Strong entity tag (RFC 9110 §8.8.3), quotes included. */
  readonly etag: string;
}

/** The external dynamic lists that a tenant's firewalls poll, and the credentials that they poll with. */
export class EdlService {
  constructor(
    private readonly lists: ExternalListStore,
    private readonly tenants: TenantDirectory,
    private readonly pepper: SecretRing,
    private readonly clock: Clock,
  ) {}

  /** Tells whether a username and password open a list; the same for a list, a tenant or a credential that does not exist. */
  async opens(
    tenant: TenantId,
    list: ExternalList,
    credential: { readonly username: string; readonly password: string },
  ): Promise<boolean> {
    const found = await this.tenants.find(tenant);
    const stored = found?.status === 'active' ? await this.lists.credentialHash(tenant, list) : undefined;
    return isHashOf(this.pepper, stored ?? NO_HASH, bound(tenant, list, credential.username, credential.password));
  }

  async serve(tenant: TenantId, list: ExternalList): Promise<ServedList> {
    const values = await this.lists.values(tenant, list);
    const text = values.map((value) => `${value}\n`).join('');
    return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
  }

  async describe(tenant: TenantId): Promise<ExternalListDto[]> {
    const summaries = await this.lists.summaries(tenant);
    return summaries.map((summary) => ({ ...summary, url: urlOf(tenant, summary.list) }));
  }

  /** Makes a list's credential, or replaces it. */
  async renewCredential(caller: TenantCaller, list: ExternalList): Promise<ExternalListCredentialDto> {
    const { tenant } = caller;
    const username = `edl-${list}`;
    const password = randomBytes(32).toString('base64url');
    const hash = hashApiKeySecret(this.pepper.current.bytes, bound(tenant, list, username, password));
    await this.lists.setCredential(tenant, list, hash, this.clock.isoNow(), {
      ...deedOf(caller),
      action: 'edl.credential_renewed',
      target: { type: 'external_list', id: list },
      outcome: 'success',
    });
    return { list, url: urlOf(tenant, list), username, password };
  }
}

function urlOf(tenant: TenantId, list: ExternalList): string {
  return `/edl/${tenant}/${list}`;
}

/** A credential opens one list of one tenant: all of it goes into the hash. */
function bound(tenant: TenantId, list: ExternalList, username: string, password: string): string {
  return JSON.stringify(['edl', tenant, list, username, password]);
}
