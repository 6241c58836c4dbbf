import { stdSerializers } from 'pino';
import { redacted, redactionOf } from './redaction.js';

/** Characters of a text in a log line; what is longer may be of an attacker's making, and collectors cut or drop long lines. */
export const LONGEST_TEXT = 4_096;
const DEEPEST = 4;
const MOST_MEMBERS = 50;

/** A text without secrets, cut where it is longer than a log takes, in whole characters; says how long it was. */
export function boundedText(text: string): string {
  if (text.length <= LONGEST_TEXT) return redacted(text);
  return `${redacted(text.slice(0, LONGEST_TEXT).toWellFormed())}… (${text.length})`;
}

/** A field of a log line: secrets taken out, texts cut, lists and objects with few members and levels, errors as pino writes them. */
export function boundedField(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return boundedText(value);
  if (typeof value !== 'object' || value === null) return value;
  const plain: unknown = value instanceof Error ? stdSerializers.err(value) : value;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(plain)) return plain.slice(0, MOST_MEMBERS).map((member) => boundedField(member, depth + 1));
  return boundedFields(plain as Readonly<Record<string, unknown>>, depth);
}

/** The fields of a log line, or of an object in one. */
export function boundedFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const few = Object.entries(fields).slice(0, MOST_MEMBERS);
  return Object.fromEntries(few.map(([name, value]) => [boundedText(name), redactionOf(name) ?? boundedField(value, depth + 1)]));
}
