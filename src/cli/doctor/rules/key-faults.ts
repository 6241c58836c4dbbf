import type { ListedKey } from './deployment-facts.js';

const DAY_MS = 86_400_000;
const NOTICE_DAYS = 14;
const IDLE_DAYS = 90;

/** API keys that are valid and end soon, never end, or have not been used for long; named by their ids. */
export function keyFaults(keys: readonly ListedKey[], now: number): readonly string[] {
  return keys
    .filter((key) => isValid(key, now))
    .flatMap((key) => faultOf(key, now).map((fault) => `${key.key_id} of ${key.tenant_id ?? 'the platform'} ${fault}`));
}

function isValid({ revoked_at, expires_at }: ListedKey, now: number): boolean {
  return revoked_at === null && (expires_at === null || Date.parse(expires_at) > now);
}

function faultOf({ expires_at, last_used_at, created_at }: ListedKey, now: number): readonly string[] {
  const idle = now - Date.parse(last_used_at ?? created_at);
  if (expires_at === null) return ['never ends'];
  if (Date.parse(expires_at) - now < NOTICE_DAYS * DAY_MS) return [`ends on ${expires_at.slice(0, 10)}`];
  return idle > IDLE_DAYS * DAY_MS ? [`has not been used for ${Math.floor(idle / DAY_MS)} days`] : [];
}
