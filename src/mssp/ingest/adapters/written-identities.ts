import type { EventIdentity } from '../../../events/event-identity.js';
import { monthOf } from '../domain/arrival-month.js';
import type { MonthSeal } from './month-seal.js';

/** How far back identities are looked for. */
const IDENTITIES_MS = 90 * 86_400_000;

/** Streams whose keys are numbers and times that the source counted by; what others call an event may be any text. */
const COUNTED = /^(?:windows|cloudtrail|zeek)(?:\||$)/;

/** The first month of arrival in which identities are looked for; so they are in all later ones, also where the clock was set back. */
export function oldestIdentityMonth(now: number): string {
  return monthOf(now - IDENTITIES_MS);
}

/** Which identities came earlier in the same list, and where each of the others is, by stream and key. */
export function repeatedIdentities(identities: readonly (EventIdentity | null)[]): {
  readonly flags: boolean[];
  readonly streams: ReadonlyMap<string, ReadonlyMap<string, number>>;
} {
  const flags = identities.map(() => false);
  const streams = new Map<string, Map<string, number>>();
  for (const [position, identity] of identities.entries()) {
    if (identity === null || !isKept(identity)) continue;
    const keys = streams.get(identity.stream) ?? new Map<string, number>();
    streams.set(identity.stream, keys);
    if (keys.has(identity.key)) flags[position] = true;
    else keys.set(identity.key, position);
  }
  return { flags, streams };
}

/** SQLite's JSON functions end a text at a NUL, where different keys would look alike; PostgreSQL's texts have none. */
function isKept({ key }: EventIdentity): boolean {
  return !key.includes('\u0000');
}

/** A stream and its keys as they are stored. */
export interface WrittenStream {
  readonly stream: string;
  readonly keys: readonly string[];
}

/** A stream and its keys as they are stored from now on. */
export function asWritten(seal: MonthSeal, stream: string, keys: readonly string[]): WrittenStream {
  if (!seal.isOn) return { stream, keys };
  return { stream: seal.fingerprint(stream), keys: COUNTED.test(stream) ? keys : keys.map((key) => seal.fingerprint(key)) };
}

/** The ways in which a stream and its keys may be stored: also as they were before encryption was switched on. */
export function writtenForms(seal: MonthSeal, plain: WrittenStream): readonly WrittenStream[] {
  return seal.isOn ? [asWritten(seal, plain.stream, plain.keys), plain] : [plain];
}
