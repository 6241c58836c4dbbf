import type { EventIdentity } from '../../../events/event-identity.js';
import type { EventFile } from './event-file.js';
import { asWritten, repeatedIdentities, writtenForms, type WrittenStream } from './written-identities.js';

/**
 * Which of the identities a tenant has stored in these files, or had earlier in the same list. Streams are few and long, so files know them by
 * number; keys sort as their source wrote them, so that new ones lie together. Where the file is encrypted, streams and keys that are texts are
 * stored as their fingerprints.
 */
export function storedIdentities(identities: readonly (EventIdentity | null)[], files: readonly EventFile[]): boolean[] {
  const { flags, streams } = repeatedIdentities(identities);
  for (const [stream, keys] of streams) for (const position of storedKeys(stream, keys, files)) flags[position] = true;
  return flags;
}

/** Notes identities as stored, inside the transaction that stores their events. */
export function addIdentities(identities: readonly (EventIdentity | null)[], file: EventFile): void {
  for (const [stream, keys] of repeatedIdentities(identities).streams) {
    const written = asWritten(file.seal, stream, [...keys.keys()]);
    file.run('INSERT OR IGNORE INTO identity_stream (stream) VALUES (?)', written.stream);
    file.run(
      'INSERT OR IGNORE INTO identity_key (stream, key) SELECT (SELECT number FROM identity_stream WHERE stream = ?), value FROM json_each(?)',
      written.stream,
      JSON.stringify([...written.keys].sort()),
    );
  }
}

/** Positions of the keys that are stored; also those from before the file was encrypted. */
function storedKeys(stream: string, keys: ReadonlyMap<string, number>, files: readonly EventFile[]): number[] {
  const positions = [...keys.values()];
  const plain: WrittenStream = { stream, keys: [...keys.keys()] };
  return files.flatMap((file) => {
    return writtenForms(file.seal, plain)
      .flatMap((form) => storedAt(form, file))
      .map((at) => positions[at] ?? -1);
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
