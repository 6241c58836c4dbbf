import type { IndicatorReport } from '../indicator.js';

/**
 * Whether a change of an indicator makes events match that did not before: what it looks for is another, it is surer, is revoked no more, or is valid again.
 * @param now milliseconds since the epoch.
 */
export function isSoughtAnew(before: IndicatorReport, after: IndicatorReport, now: number): boolean {
  if (after.revoked) return false;
  if (before.revoked || after.confidence > before.confidence || before.pattern !== after.pattern) return true;
  if (!isValid(before, now) && isValid(after, now)) return true;
  const known = new Set(before.values.map(({ type, value }) => `${type} ${value}`));
  return after.values.some(({ type, value }) => !known.has(`${type} ${value}`));
}

function isValid({ valid_from, valid_until }: IndicatorReport, now: number): boolean {
  return (valid_from === null || Date.parse(valid_from) <= now) && (valid_until === null || Date.parse(valid_until) > now);
}
