import { Problem } from '../problems/problem.js';

/**
 * The version that a change is based on, from `If-Match` (`"7"`) or the body's `version`.
 * @throws Problem 400 where both are there and differ, or `If-Match` is not a version.
 */
export function expectedVersion(ifMatch: string | undefined, version: number | undefined): number | undefined {
  if (ifMatch === undefined) return version;
  const match = /^(?:W\/)?"?(\d{1,15})"?$/.exec(ifMatch);
  const fromHeader = match ? Number(match[1]) : undefined;
  if (fromHeader === undefined || (version !== undefined && version !== fromHeader)) {
    throw new Problem('malformed-request', 'Send the version read, in If-Match or in version; if in both, the same.', {
      errors: [{ pointer: 'If-Match', code: 'bad_version', detail: 'a version number, as in "7"' }],
    });
  }
  return fromHeader;
}
