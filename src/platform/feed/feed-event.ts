import type { FeedType } from './feed-types.js';

/** A change that is to be told: what happened, and to which object. It names the object and quotes nothing of it that is stored encrypted. */
export interface FeedEntry {
  readonly type: FeedType;
  readonly data: Readonly<Record<string, string | number | null>>;
}

/** A place in a tenant's feed. */
export interface FeedPosition {
  /** Counted from 1 without gaps; 0 is before the first. */
  readonly seq: number;
  /** Tells this feed from another that counts alike: another tenant's, or the same one after a restore. Empty at 0. */
  readonly mark: string;
}

/** A change as the feed tells it. */
export interface FeedEvent extends FeedEntry, FeedPosition {
  /** When, milliseconds since the epoch. */
  readonly at: number;
}

/** Before the first event. */
export const BEGINNING: FeedPosition = { seq: 0, mark: '' };

const FORM = /^([1-9]\d{0,15})-([0-9a-f]{24})$/;

/** The id of an event, which one resumes after. */
export function idOf({ seq, mark }: FeedPosition): string {
  return seq === 0 ? '0' : `${seq}-${mark}`;
}

/** The position that an id names; `undefined` for what cannot be one. */
export function positionOf(id: string): FeedPosition | undefined {
  if (id === '0') return BEGINNING;
  const [, seq, mark] = FORM.exec(id) ?? [];
  return seq === undefined || mark === undefined ? undefined : { seq: Number(seq), mark };
}
