import { isGiven } from '../fields.js';
import { SigmaError } from '../sigma-error.js';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', SECOND],
  ['m', 60 * SECOND],
  ['h', 3_600 * SECOND],
  ['d', DAY],
  ['w', 7 * DAY],
  ['M', 30 * DAY],
  ['y', 365 * DAY],
]);
const TIMESPAN = /^(\d{1,8})([smhdwMy])$/;
const LONGEST = 365 * DAY;

/**
 * Reads a length of time such as `90m` as milliseconds. A month is 30 days, a year 365; beyond a year is too long.
 * @throws SigmaError
 */
export function readTimespan(value: unknown): number {
  if (!isGiven(value)) throw new SigmaError('timespan is missing');
  const match = typeof value === 'string' ? TIMESPAN.exec(value) : null;
  const length = Number(match?.[1] ?? 0) * (UNITS.get(match?.[2] ?? '') ?? 0);
  if (length <= 0) throw new SigmaError('timespan is not a number and one of s, m, h, d, w, M, y, such as 15m');
  if (length > LONGEST) throw new SigmaError('timespan is longer than a year');
  return length;
}
