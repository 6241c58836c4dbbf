/** What is known of one tenant, by the name that the API calls it: `alert_id`, `host`. */
export type KnownIds = ReadonlyMap<string, string>;

const UUID = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Adds the first identifier of each kind that an answer names and that is not known yet. */
export function harvestIds(answer: unknown, into: Map<string, string>): void {
  if (typeof answer !== 'object' || answer === null) return;
  for (const [name, value] of Object.entries(answer)) {
    const isNew = name.endsWith('_id') && !into.has(name);
    if (isNew && typeof value === 'string' && value !== '') into.set(name, value);
    harvestIds(value, into);
  }
}

/**
 * An identifier of the same form and length that names nothing.
 * @param digit answers a whole number from 0 to one below its argument.
 */
export function missingLike(id: string, digit: (below: number) => number): string {
  const scramble = (text: string, pattern: RegExp): string => text.replace(pattern, (character) => replacement(character, digit));
  if (id.search(UUID) < 0) return scramble(id, /[a-zA-Z0-9]/g);
  return id.replace(
    UUID,
    (uuid) => uuid.slice(0, 15) + scramble(uuid.slice(15, 18), /\w/g) + uuid.slice(18, 20) + scramble(uuid.slice(20), /\w/g),
  );
}

function replacement(character: string, digit: (below: number) => number): string {
  const alphabet = /[0-9]/.test(character) ? '0123456789' : 'abcdef';
  const chosen = alphabet[digit(alphabet.length)] ?? '0';
  return /[A-Z]/.test(character) ? chosen.toUpperCase() : chosen;
}
