import { createHmac } from 'node:crypto';

/**
 * Name of a version that its source has no name for: 16 hex digits of an HMAC-SHA-256 keyed with the value. A value keeps its name where it
 * moves from one variable to another, and of 32 random bytes the name tells nothing.
 */
export function versionName(bytes: Buffer): string {
  return createHmac('sha256', bytes).update('gatra/secret-version').digest('hex').slice(0, 16);
}
