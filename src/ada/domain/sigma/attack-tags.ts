const TECHNIQUE = /^attack\.(t\d{4}(?:\.\d{3})?)$/;
const TACTIC = /^attack\.([a-z]+(?:[-_][a-z]+)*)$/;

/** What a rule's tags say: the tags themselves, and the ATT&CK techniques and tactics among them, each once, in order. */
export function readTags(tags: unknown): { tags: string[]; techniques: string[]; tactics: string[] } {
  const read = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string').map((tag) => tag.toLowerCase()) : [];
  return {
    tags: read,
    techniques: unique(read.map((tag) => TECHNIQUE.exec(tag)?.[1]?.toUpperCase())),
    tactics: unique(read.map((tag) => TACTIC.exec(tag)?.[1]?.replaceAll('_', '-'))),
  };
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
