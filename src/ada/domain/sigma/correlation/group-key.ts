import { foldCase } from '../expression.js';
import { textsOf } from '../value-tests.js';

/** Longest part of a value that tells groups and values apart. */
const MAX_VALUE = 256;

/** Reads a field of an event, or what a correlation that fired there was grouped by. */
export type FieldReader = (name: string) => unknown;

/**
 * What tells the group of an event from others: the values of its fields in folded case, of each the first 256 characters. `undefined` where
 * the event lacks one of them, so that it belongs to no group.
 */
export function groupKeyOf(fields: readonly string[], read: FieldReader): string | undefined {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return keyOf(read(only));
  let key = '';
  for (const field of fields) {
    const value = keyOf(read(field));
    if (value === undefined) return undefined;
    key += `${value.length}:${value}`;
  }
  return key;
}

/** A field's value as it is shown, where it has one. */
export function shownValueOf(value: unknown): string | undefined {
  const texts = textsOf(value);
  return texts.length === 0 ? undefined : texts.join(', ').slice(0, MAX_VALUE);
}

function keyOf(value: unknown): string | undefined {
  if (typeof value === 'string') return foldCase(value.length > MAX_VALUE ? value.slice(0, MAX_VALUE) : value);
  const shown = shownValueOf(value);
  return shown === undefined ? undefined : foldCase(shown);
}
