import type { ListedVersion } from './secret-rotation.js';

const DAY_MS = 86_400_000;

/**
 * Tells whether the newest enabled version of a secret is as old as rotation asks; one whose age is not known is.
 * @param versions newest first.
 * @param now milliseconds since the epoch.
 */
export function isRotationDue(versions: readonly ListedVersion[], now: number, days: number): boolean {
  const newest = versions.find(({ state }) => state === 'enabled');
  return newest !== undefined && (newest.createdAt === null || newest.createdAt + days * DAY_MS <= now);
}
