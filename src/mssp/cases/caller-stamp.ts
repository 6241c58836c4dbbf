import type { TenantCaller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import type { ChangeStamp } from './domain/change-stamp.js';

/** What the audit record says of a change that a caller asks for. @param now milliseconds since the epoch. */
export function stampOf(caller: TenantCaller, now: number): ChangeStamp {
  return { ...deedOf(caller), now };
}
