import { isISO8601, ValidateBy } from 'class-validator';

/** A day, or a time with its offset; the other forms of ISO 8601 (weeks, ordinal days, no offset) mean nothing definite here. */
const TIME = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d))?$/;

/** Tells whether a value is a time of RFC 3339 (seconds may be left out), or a day, that the calendar has. */
export function isTime(value: unknown): value is string {
  return typeof value === 'string' && TIME.test(value) && isISO8601(value, { strict: true }) && Number.isFinite(Date.parse(value));
}

/** A time of RFC 3339, or a day, which means its start in UTC. */
export function IsTime(): PropertyDecorator {
  return ValidateBy({
    name: 'isTime',
    validator: {
      validate: isTime,
      defaultMessage: (fault) => `${fault?.property ?? 'it'} must be a time of RFC 3339, as in 2026-01-15T09:30:00Z`,
    },
  });
}
