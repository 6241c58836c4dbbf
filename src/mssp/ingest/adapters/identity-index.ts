import type { EventIdentity } from '../../../events/event-identity.js';
import type { EventFile } from './event-file.js';
import type { FileSeal } from './file-seal.js';

/** Streams whose keys are numbers and times that the source counted by; what others call an event may be any text. */
const COUNTED = /^(?:windows|cloudtrail|zeek)(?:\||$)/;

/**
 * Which of the identities a tenant has stored in these files, or had earlier in the same list. Streams are few and long, so files know them by
 * number; keys sort as their source wrote them, so that new ones lie together. Where the file is encrypted, streams and keys that are texts are
 * stored as their fingerprints.
 */
export function storedIdentities(identities: readonly (EventIdentity | null)[], files: readonly EventFile[]): boolean[] {
  const flags = identities.map(() => false);
  const streams = new Map<string, Map<string, number>>();
  for (const [position, identity] of identities.entries()) {
    if (identity === null || !isKept(identity)) continue;
    const keys = entry(streams, identity.stream, () => new Map<string, number>());
    if (keys.has(identity.key)) flags[position] = true;
    else keys.set(identity.key, position);
  }
  for (const [stream, keys] of streams) for (const position of storedKeys(stream, keys, files)) flags[position] = true;
  return flags;
}

/** Notes identities as stored, inside the transaction that stores their events. */
export function addIdentities(identities: readonly (EventIdentity | null)[], file: EventFile): void {
  const streams = new Map<string, string[]>();
  for (const identity of identities) {
    if (identity !== null && isKept(identity)) entry(streams, identity.stream, () => []).push(identity.key);
  }
  for (const [stream, keys] of streams) {
    const written = asWritten(file.seal, stream, keys);
    file.run('INSERT OR IGNORE INTO identity_stream (stream) VALUES (?)', written.stream);
    file.run(
      'INSERT OR IGNORE INTO identity_key (stream, key) SELECT (SELECT number FROM identity_stream WHERE stream = ?), value FROM json_each(?)',
      written.stream,
      JSON.stringify([...written.keys].sort()),
    );
  }
}

/** SQLite's JSON functions end a text at a NUL, where different keys would look alike. */
function isKept({ key }: EventIdentity): boolean {
  return !key.includes('\u0000');
}

interface WrittenStream {
  readonly stream: string;
  readonly keys: readonly string[];
}

/** A stream and its keys as the file knows them. */
function asWritten(seal: FileSeal, stream: string, keys: readonly string[]): WrittenStream {
  if (!seal.isOn) return { stream, keys };
  return { stream: seal.fingerprint(stream), keys: COUNTED.test(stream) ? keys : keys.map((key) => seal.fingerprint(key)) };
}

/** Positions of the keys that are stored; also those from before the file was encrypted. */
function storedKeys(stream: string, keys: ReadonlyMap<string, number>, files: readonly EventFile[]): number[] {
  const positions = [...keys.values()];
  const plain: WrittenStream = { stream, keys: [...keys.keys()] };
  return files.flatMap((file) => {
    const forms = file.seal.isOn ? [asWritten(file.seal, stream, plain.keys), plain] : [plain];
    return forms.flatMap((form) => storedAt(form, file)).map((at) => positions[at] ?? -1);
  });
}

/** Which of the keys a file has, by their place in the list. */
function storedAt({ stream, keys }: WrittenStream, file: EventFile): number[] {
  const number = file.one('SELECT number FROM identity_stream WHERE stream = ?', stream)?.['number'];
  if (number === undefined) return [];
  return file
    .all(
      'SELECT each.key AS position FROM json_each(?) AS each WHERE EXISTS (SELECT 1 FROM identity_key AS known WHERE known.stream = ? AND known.key = each.value)',
      JSON.stringify(keys),
      Number(number),
    )
    .map((row) => Number(row['position']));
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
