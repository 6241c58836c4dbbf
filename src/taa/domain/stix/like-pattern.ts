import type { Steps } from './steps.js';

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Whether a whole text is like a pattern (STIX 2.1 section 9.6): `%` is any characters, `_` any one character. Both are compared in the normal form NFC.
 * Steps are those of the search of each part between two `%`.
 */
export function likePattern(operand: string): (text: string, steps: Steps) => boolean {
  const parts = operand.normalize('NFC').split('%').map(charactersOf);
  const [head = [], ...middle] = parts;
  const tail = middle.pop();
  const searched = middle.reduce((sum, part) => sum + part.length, 0);
  return (value, steps) => {
    const text = charactersOf(value.normalize('NFC'));
    steps.spend(Math.ceil((text.length * (searched + 1)) / 64));
    if (!isAt(text, head, 0)) return false;
    if (tail === undefined) return text.length === head.length;
    let from = head.length;
    for (const part of middle) {
      const at = find(text, part, from);
      if (at === -1) return false;
      from = at + part.length;
    }
    return text.length - tail.length >= from && isAt(text, tail, text.length - tail.length);
  };
}

/** Characters of a text, each one element. */
function charactersOf(text: string): string | readonly string[] {
  return SURROGATE.test(text) ? Array.from(text) : text;
}

function find(text: string | readonly string[], part: string | readonly string[], from: number): number {
  for (let at = from; at + part.length <= text.length; at++) {
    if (isAt(text, part, at)) return at;
  }
  return -1;
}

function isAt(text: string | readonly string[], part: string | readonly string[], at: number): boolean {
  if (at + part.length > text.length) return false;
  for (let i = 0; i < part.length; i++) {
    if (part[i] !== '_' && part[i] !== text[at + i]) return false;
  }
  return true;
}
