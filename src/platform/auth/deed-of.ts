import type { AuditEntry } from '../audit/audit-record.js';
import type { Caller } from './caller.decorator.js';
import { actorOf } from './principal.js';

/** Who did something, from where and in which request: what the audit record of any change that a caller asks for begins with. */
export type Deed = Required<Pick<AuditEntry, 'actor' | 'correlation_id' | 'source_ip'>>;

/** The caller's part of an audit record. */
export function deedOf({ principal, correlationId, sourceIp }: Caller): Deed {
  return { actor: actorOf(principal), correlation_id: correlationId, source_ip: sourceIp };
}
