/** Anything that ClickHouse does not lower as JavaScript does: it lowers A to Z alone. */
const BEYOND_ASCII = /[^\0-\x7f]/;

/**
 * A text in lower case as JavaScript has it, where that is not what lowering A to Z alone makes of it; else nothing. Few texts have one: those with `Ä`,
 * `İ`, KELVIN SIGN and the like.
 */
export function foldedText(text: string): string {
  if (!BEYOND_ASCII.test(text)) return '';
  const lower = text.toLowerCase();
  return lower === text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) ? '' : lower;
}
