const EARLIEST = Date.UTC(1980, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const MAX_LENGTH = 64;
const DAY = 86_400_000;

/** Values of the epoch below these are seconds, milliseconds, microseconds; the rest is nanoseconds. */
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;
const MICROSECONDS_BELOW = 1e17;

/**
 * Understands a point in time: ISO 8601 and RFC 3339 (`T` or blank between date and time, any number of decimals, no zone
 * means UTC), a count since the epoch in seconds, milli-, micro- or nanoseconds (number or digits), and `/Date(ms)/`.
 * @returns milliseconds since the epoch, or `NaN` for anything else and for times before 1980 or after 9999
 */
export function parseTime(value: unknown): number {
  if (typeof value === 'number') return inRange(fromEpoch(value));
  if (typeof value !== 'string' || value.length < 8 || value.length > MAX_LENGTH) return Number.NaN;
  if (value.charCodeAt(4) === 0x2d) return inRange(parseIso(value));
  const digits = /^(?:\/Date\((\d{1,16})\)\/|(\d{9,19}(?:\.\d{1,9})?))$/.exec(value);
  return digits === null ? Number.NaN : inRange(digits[1] === undefined ? fromEpoch(Number(digits[2])) : Number(digits[1]));
}

/** As `parseTime`, but only for text that says its zone. */
export function parseZonedTime(value: unknown): number {
  return typeof value === 'string' && /(?:Z|[+-]\d\d:?\d\d)$/i.test(value.slice(16)) ? parseTime(value) : Number.NaN;
}

/** The first of the values that is a time, or `NaN`. */
export function firstTime(...values: unknown[]): number {
  for (const value of values) {
    if (value === undefined) continue;
    const time = parseTime(value);
    if (!Number.isNaN(time)) return time;
  }
  return Number.NaN;
}

/** Milliseconds since the epoch of a civil date and time in UTC; `NaN` when it does not exist. */
export function utcTime(date: { year: number; month: number; day: number }, millisecondOfDay: number): number {
  const { year, month, day } = date;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  return daysFromCivil(year, month, day) * DAY + millisecondOfDay;
}

/** Milliseconds since midnight of `HH:MM:SS` at `at`, decimals not included; `NaN` when it is not one. */
export function clockTime(value: string, at: number): number {
  if (value.charCodeAt(at + 2) !== 0x3a || value.charCodeAt(at + 5) !== 0x3a) return Number.NaN;
  const hour = twoDigits(value, at);
  const minute = twoDigits(value, at + 3);
  const second = twoDigits(value, at + 6);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

function parseIso(value: string): number {
  const year = twoDigits(value, 0) * 100 + twoDigits(value, 2);
  if (value.charCodeAt(7) !== 0x2d) return Number.NaN;
  const date = { year, month: twoDigits(value, 5), day: twoDigits(value, 8) };
  if (value.length === 10) return utcTime(date, 0);
  const separator = value.charCodeAt(10);
  if (separator !== 0x54 && separator !== 0x20 && separator !== 0x74) return Number.NaN;
  const midnight = utcTime(date, clockTime(value, 11));
  let at = 19;
  let milliseconds = 0;
  if (value.charCodeAt(at) === 0x2e || value.charCodeAt(at) === 0x2c) {
    const start = (at += 1);
    for (let scale = 100; isDigit(value.charCodeAt(at)); at += 1, scale /= 10) {
      if (at - start < 3) milliseconds += (value.charCodeAt(at) - 0x30) * scale;
    }
    if (at === start) return Number.NaN;
  }
  return midnight + milliseconds - zoneOffset(value, at);
}

/** Offset from UTC in milliseconds written at `at`; none is UTC. */
function zoneOffset(value: string, at: number): number {
  if (at === value.length) return 0;
  const sign = value.charCodeAt(at);
  if (sign === 0x5a || sign === 0x7a) return at + 1 === value.length ? 0 : Number.NaN;
  if (sign === 0x20 && value.slice(at) === ' UTC') return 0;
  const zone = /^([+-])(\d\d)(?::?([0-5]\d))?$/.exec(value.slice(at));
  if (zone === null) return Number.NaN;
  const minutes = Number(zone[2]) * 60 + Number(zone[3] ?? 0);
  return (zone[1] === '-' ? -minutes : minutes) * 60_000;
}

function fromEpoch(value: number): number {
  if (value < SECONDS_BELOW) return Math.floor(value * 1000);
  if (value < MILLISECONDS_BELOW) return Math.floor(value);
  return Math.floor(value < MICROSECONDS_BELOW ? value / 1000 : value / 1_000_000);
}

function inRange(time: number): number {
  return time >= EARLIEST && time <= LATEST ? time : Number.NaN;
}

/** Days since 1970-01-01 of a date in the Gregorian calendar, counted in years that begin in March. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const days = 365 * shifted + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + dayOfYear;
  return days - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function twoDigits(value: string, at: number): number {
  const tens = value.charCodeAt(at) - 0x30;
  const units = value.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : Number.NaN;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
