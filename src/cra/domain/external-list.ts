import type { ActionKind } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';

/** The external dynamic lists that a tenant's firewalls poll. */
export const EXTERNAL_LISTS = ['ip', 'domain'] as const;

export type ExternalList = (typeof EXTERNAL_LISTS)[number];

/** Most entries of one list; firewalls have bounds of this order. */
export const LARGEST_LIST = 50_000;

/** The list that a kind of action publishes to; `undefined` for other kinds. */
export function listFor(kind: ActionKind): ExternalList | undefined {
  if (kind === 'block_ip') return 'ip';
  return kind === 'block_domain' ? 'domain' : undefined;
}

/** Tells whether a text names a list. */
export function isExternalList(text: unknown): text is ExternalList {
  return EXTERNAL_LISTS.some((list) => list === text);
}

/** A list as its administrators see it. Times are RFC 3339 UTC. */
export interface ExternalListSummary {
  readonly list: ExternalList;
  readonly entries: number;
  /** When its credential was made; null where it has none yet, and nobody can read it. */
  readonly credential_at: string | null;
}

/** The content of a tenant's external lists and the credentials that they are read with. */
export abstract class ExternalListStore {
  /** Publishes a value on behalf of an action; doing it again changes nothing. False, with nothing changed, where the list is full. */
  abstract publish(tenant: TenantId, list: ExternalList, entry: { value: string; actionId: string; at: string }): Promise<boolean>;

  /** Takes an action's value back; the value stays listed while another action needs it. Answers whether it is still listed. */
  abstract withdraw(tenant: TenantId, list: ExternalList, entry: { value: string; actionId: string }): Promise<boolean>;

  /** Tells whether a value is published on behalf of an action. */
  abstract holds(tenant: TenantId, list: ExternalList, entry: { value: string; actionId: string }): Promise<boolean>;

  /** Values in ascending order, each once. */
  abstract values(tenant: TenantId, list: ExternalList): Promise<readonly string[]>;

  abstract summaries(tenant: TenantId): Promise<readonly ExternalListSummary[]>;

  /** Hash of the list's credential; `undefined` where it has none. */
  abstract credentialHash(tenant: TenantId, list: ExternalList): Promise<string | undefined>;

  /** Replaces the list's credential, in one transaction with the audit record. @param at RFC 3339 UTC. */
  abstract setCredential(tenant: TenantId, list: ExternalList, hash: string, at: string, audit: AuditEntry): Promise<void>;
}
