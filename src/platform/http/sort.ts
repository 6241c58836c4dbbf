import { decodeCursor } from './page.js';

/** What a list is sorted by, and which way. */
export interface Sort<By extends string> {
  readonly by: By;
  readonly descending: boolean;
}

/** The words that `sort` takes for a list: `created_at`, and `-created_at` for the latest or highest first. */
export function sortWords<By extends string>(by: readonly By[]): readonly (By | `-${By}`)[] {
  return by.flatMap((name) => [name, `-${name}`] as const);
}

/** Reads one of the words. */
export function sortOf<By extends string>(word: By | `-${By}`): Sort<By> {
  return word.startsWith('-') ? { by: word.slice(1) as By, descending: true } : { by: word as By, descending: false };
}

/** The position that a cursor holds, of a list sorted by a time: that time, and the item's id. @throws Problem 400 */
export function timePositionIn(cursor: string): readonly [string, string] {
  return decodeCursor(cursor, ['string', 'string']) as [string, string];
}

/** The position that a cursor holds, of a list sorted by a time (named `…_at` or `…_time`) or by a number: that value, and the item's id. @throws Problem 400 */
export function positionIn(cursor: string, by: string): readonly [string | number, string] {
  const isTime = by.endsWith('_at') || by.endsWith('_time');
  return isTime ? timePositionIn(cursor) : (decodeCursor(cursor, ['number', 'string']) as [number, string]);
}
