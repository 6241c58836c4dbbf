/**
 * What a source itself calls an event, by which one that is sent twice is recognised.
 * Both parts are short, and keys of one stream sort in the order in which the source wrote them.
 */
export interface EventIdentity {
  /** Where the key is unique: `windows|host|channel`, `zeek|conn` … */
  readonly stream: string;
  readonly key: string;
}

/** Longest part of an identity; what is longer is no identity that a source gave. */
const MAX_PART = 256;
const RECORD_ID_DIGITS = 20;
const LETTER_OF_LENGTH = ' abcdefghijklmnopqrst';

/** Builds an identity, or `null` where a part is empty or too long to be one. */
export function eventIdentity(stream: string, key: string): EventIdentity | null {
  if (stream === '' || key === '' || stream.length > 2 * MAX_PART || key.length > 2 * MAX_PART) return null;
  return { stream, key };
}

/** A part of an identity as text; `undefined` where it is neither a short string nor a number. */
export function identityPart(value: unknown): string | undefined {
  if (typeof value === 'string') return value !== '' && value.length <= MAX_PART ? value : undefined;
  return typeof value === 'number' ? String(value) : undefined;
}

/**
 * A record number as text that sorts as the numbers do: its digits behind a letter for how many they are (`a7`, `g3518579`).
 * `undefined` for anything else.
 */
export function recordIdText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? sortable(String(value)) : undefined;
  if (typeof value !== 'string' || value.length > RECORD_ID_DIGITS || !/^(?:0|[1-9]\d*)$/.test(value)) return undefined;
  return sortable(value);
}

function sortable(digits: string): string {
  return LETTER_OF_LENGTH.charAt(digits.length) + digits;
}
