/**
 * Text of an event as it may stand in a sentence: control characters and those that reorder or hide text become blanks, so that what an event
 * says cannot dress up as something else; cut to a length.
 */
export function printable(text: string, length: number): string {
  const plain = text
    .slice(0, length * 2)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  if (plain.length <= length) return plain.toWellFormed();
  return `${plain.slice(0, length - 1).toWellFormed()}…`;
}
