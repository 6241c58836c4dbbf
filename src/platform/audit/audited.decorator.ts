import { ApiExtension } from '@nestjs/swagger';

/** Whose log an operation writes to: that of the tenant that it acts in, or the platform's own. */
export type AuditPlace = 'tenant' | 'platform';

/** What the API document says of an operation under `x-audit`: the records that a call which succeeds leaves, or why it leaves none. */
export type AuditMark =
  | { readonly actions: readonly string[]; readonly logs: readonly AuditPlace[] }
  | { readonly one_of: readonly string[]; readonly logs: readonly AuditPlace[] }
  | { readonly none: string };

/** Where the API document says it. */
export const AUDIT_MARK = 'x-audit';

/** The mark of what has no other and only reads. */
export const READS: AuditMark = { none: 'It reads, and changes nothing.' };

/** A call that changes something leaves one record of each action, in each of the logs; `logs` are all that have it. */
export function Audited(logs: AuditPlace | readonly AuditPlace[], ...actions: readonly string[]): MethodDecorator {
  return ApiExtension(AUDIT_MARK, { actions, logs: typeof logs === 'string' ? [logs] : logs } satisfies AuditMark);
}

/** A call that changes something leaves one record, of one of the actions. */
export function AuditedAsOneOf(log: AuditPlace, ...actions: readonly string[]): MethodDecorator {
  return ApiExtension(AUDIT_MARK, { one_of: actions, logs: [log] } satisfies AuditMark);
}

/** A call leaves no record though its method is not one of those that read. @param reason why, as the API document has it */
export function Unaudited(reason: string): MethodDecorator {
  return ApiExtension(AUDIT_MARK, { none: reason } satisfies AuditMark);
}
