import type { TenantCaller } from '../../platform/auth/caller.decorator.js';
import { actorOf } from '../../platform/auth/principal.js';
import type { ChangeStamp } from './domain/change-stamp.js';

/** What the audit record says of a change that a caller asks for. @param now milliseconds since the epoch. */
export function stampOf(caller: TenantCaller, now: number): ChangeStamp {
  return { actor: actorOf(caller.principal), now, correlation_id: caller.correlationId, source_ip: caller.sourceIp };
}
