import { OPTIONAL_SECRETS, REQUIRED_SECRETS } from '../secrets/secret-names.js';
import type { Secrets } from '../secrets/secrets.js';

/** Every secret by name, and whether there is one. */
export function secretsThatAreSet(secrets: Secrets): readonly (readonly [name: string, isSet: boolean])[] {
  const names = { ...REQUIRED_SECRETS, ...OPTIONAL_SECRETS, redis: 'REDIS_URL' } as const;
  const members = Object.entries(names).map(([member, name]) => [name, secrets[member as keyof typeof names] !== null] as const);
  return [...members, ['REDIS_SENTINEL_PASSWORD', secrets.redis?.sentinel.password !== undefined]];
}
