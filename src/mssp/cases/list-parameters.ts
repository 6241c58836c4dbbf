import { decodeCursor } from '../../platform/http/page.js';

/** Reads `created_at` (ascending) or `-created_at` (descending). */
export function sortOf<By extends string>(sort: By | `-${By}`): { readonly by: By; readonly descending: boolean } {
  return sort.startsWith('-') ? { by: sort.slice(1) as By, descending: true } : { by: sort as By, descending: false };
}

/** The position that a cursor holds, of a list sorted by a time or by a number. @throws Problem 400 */
export function positionIn(cursor: string, by: string): readonly [string | number, string] {
  return decodeCursor(cursor, [by.endsWith('_at') || by.endsWith('_time') ? 'string' : 'number', 'string']) as [string | number, string];
}

/** Bounds of a list in time, as RFC 3339 UTC with milliseconds. */
export function timesOf(from: string | undefined, to: string | undefined): { readonly from?: string; readonly to?: string } {
  return {
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
  };
}
