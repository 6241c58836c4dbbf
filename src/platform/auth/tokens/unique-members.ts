const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * Reads a JSON object in UTF-8; `undefined` where it is none, or where any object in it names a member twice (RFC 7519 §4: readers that take the last
 * and readers that take the first would disagree on what was signed).
 */
export function parseUniqueObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || countNames(text) !== countMembers(value)) return undefined;
    return value;
  } catch {
    return undefined;
  }
}

/** In JSON, a string before a colon is a member's name, and nothing else is. */
function countNames(text: string): number {
  return [...text.matchAll(STRING)].filter(([, colon]) => colon !== undefined).length;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce<number>((sum, member) => sum + countMembers(member), 0);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
