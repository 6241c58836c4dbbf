import { parseTime } from '../../../events/parse-time.js';

export const COMPARE_OPERATORS = ['lt', 'lte', 'gt', 'gte', 'eq'] as const;

export type CompareOperator = (typeof COMPARE_OPERATORS)[number];

export const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;

export type TimePart = (typeof TIME_PARTS)[number];

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const HEXADECIMAL = /^\s*0x[0-9a-f]+\s*$/i;
const DAY = 86_400_000;
const MAX_TEXT = 64;

/** Compares the number, or with `part` one part of the time, that a text stands for. */
export function compareValue(
  text: string,
  to: { readonly operator: CompareOperator; readonly than: number; readonly part?: TimePart },
): boolean {
  return to.part === undefined ? compareNumber(text, to.operator, to.than) : compareTimePart(text, to.part, to.operator, to.than);
}

/** Compares the number that a text stands for (decimal, or hexadecimal with `0x`); a text that is none compares false. */
function compareNumber(text: string, operator: CompareOperator, than: number): boolean {
  const value = toNumber(text);
  return value !== undefined && holds(value, operator, than);
}

/**
 * Compares one part of the time that a text stands for, in UTC, in the forms that times of events are read in. `week` is the ISO 8601 week number, `month` runs from 1 to 12, `day` is the day of the month.
 */
function compareTimePart(text: string, part: TimePart, operator: CompareOperator, than: number): boolean {
  const time = toTime(text);
  return time !== undefined && holds(timePart(time, part), operator, than);
}

function toNumber(text: string): number | undefined {
  if (text.length > MAX_TEXT) return undefined;
  return NUMBER.test(text) || HEXADECIMAL.test(text) ? Number(text) : undefined;
}

function toTime(text: string): Date | undefined {
  const time = parseTime(text.trim());
  return Number.isNaN(time) ? undefined : new Date(time);
}

function holds(value: number, operator: CompareOperator, than: number): boolean {
  switch (operator) {
    case 'lt':
      return value < than;
    case 'lte':
      return value <= than;
    case 'gt':
      return value > than;
    case 'gte':
      return value >= than;
    case 'eq':
      return value === than;
  }
}

function timePart(time: Date, part: TimePart): number {
  switch (part) {
    case 'minute':
      return time.getUTCMinutes();
    case 'hour':
      return time.getUTCHours();
    case 'day':
      return time.getUTCDate();
    case 'week':
      return isoWeek(time);
    case 'month':
      return time.getUTCMonth() + 1;
    case 'year':
      return time.getUTCFullYear();
  }
}

/** ISO 8601: the week that holds the year's first Thursday is week 1. */
function isoWeek(time: Date): number {
  const midnight = Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate());
  const weekday = (time.getUTCDay() + 6) % 7;
  const thursday = midnight + (3 - weekday) * DAY;
  const firstDay = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - firstDay) / DAY / 7) + 1;
}
