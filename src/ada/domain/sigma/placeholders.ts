import { SigmaError } from './sigma-error.js';

/** Values of placeholders such as `%Administrators%`, by name without the percent signs. */
export type PlaceholderValues = ReadonlyMap<string, readonly string[]>;

/** A percent sign after a backslash is plain. */
const PLACEHOLDER = /(?<!\\)%([A-Za-z0-9_.-]+)%/;
const MAX_TEXTS = 10_000;

/**
 * Puts values in the place of the placeholders of a text; several values give several texts. `\%` stands for a percent sign.
 * @throws SigmaError when a placeholder has no value.
 */
export function expandPlaceholders(text: string, values: PlaceholderValues): string[] {
  const match = PLACEHOLDER.exec(text);
  if (match === null) return [withoutEscapes(text)];
  const [whole, name = ''] = match;
  const known = values.get(name);
  if (known === undefined || known.length === 0) throw new SigmaError(`placeholder %${name}% has no values`);
  const before = withoutEscapes(text.slice(0, match.index));
  const after = expandPlaceholders(text.slice(match.index + whole.length), values);
  if (known.length * after.length > MAX_TEXTS) throw new SigmaError(`placeholders give more than ${MAX_TEXTS} values`);
  return known.flatMap((value) => after.map((rest) => before + value + rest));
}

function withoutEscapes(text: string): string {
  return text.replaceAll('\\%', '%');
}
