import type { ActionKind, ActionStatus } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { NewWork } from '../../platform/work-queue/work-item.js';
import type { ActionRecord } from './action-record.js';

/** A record as it is to be stored, with what is written down of it and what is to be done about it: all of it or nothing. */
export interface Change {
  readonly record: ActionRecord;
  readonly audit: readonly AuditEntry[];
  readonly work: readonly NewWork[];
}

/** Filters of a list of actions; those left out do not filter. */
export interface ActionQuery {
  readonly status?: readonly ActionStatus[];
  readonly kind?: readonly ActionKind[];
  readonly incident_id?: readonly string[];
  /** Only actions that need, or needed, an approval. */
  readonly withApproval?: boolean;
  readonly sort: ActionSort;
  /** Position of the last item before: the value sorted by, and the action's id. */
  readonly after?: readonly [string, string];
  readonly limit: number;
}

/** What actions are listed by; only those that need an approval have an `expires_at`. */
export interface ActionSort {
  readonly by: 'created_at' | 'updated_at' | 'expires_at';
  readonly descending: boolean;
}

/** Where actions are added. */
export interface AddingTo {
  readonly incident_id: string;
  /** Values of targets whose live actions in other incidents matter. */
  readonly alsoOn: readonly string[];
}

/** Containment actions, and with them the approvals that they wait for. Every write is one transaction with its audit records and work. */
export abstract class ActionStore {
  /** `undefined` for what is missing and for what belongs to another tenant; so is every find here. */
  abstract find(tenant: TenantId, actionId: string): Promise<ActionRecord | undefined>;

  abstract findByApproval(tenant: TenantId, approvalId: string): Promise<ActionRecord | undefined>;

  /** How many actions wait for a person. */
  abstract countPending(tenant: TenantId): Promise<number>;

  /** In the order asked for. */
  abstract list(tenant: TenantId, query: ActionQuery): Promise<readonly ActionRecord[]>;

  /**
   * Adds actions to an incident. Nobody else writes actions of the tenant between `decide` seeing what there is and the end of the
   * transaction. What `decide` throws undoes it.
   * @param decide gets all actions of the incident, and the live ones of other incidents on the values in `into.alsoOn`, each oldest first; pure.
   * @param now milliseconds since the epoch.
   */
  abstract add(
    tenant: TenantId,
    into: AddingTo,
    now: number,
    decide: (here: readonly ActionRecord[], elsewhere: readonly ActionRecord[]) => readonly Change[],
  ): Promise<readonly ActionRecord[]>;

  /**
   * Changes one action. Nobody else changes it between `decide` seeing it and the end of the transaction. What `decide` throws undoes it.
   * @param decide asked once, when it is this change's turn; `undefined` leaves everything as it is.
   * @param now milliseconds since the epoch.
   * @returns the action as it then stands; `undefined` where there is none.
   */
  abstract change(
    tenant: TenantId,
    actionId: string,
    now: number,
    decide: (record: ActionRecord) => Change | undefined,
  ): Promise<ActionRecord | undefined>;
}
