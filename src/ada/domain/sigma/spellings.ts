const HEXADECIMAL = /^0x([0-9a-f]{1,16})$/i;
const GUID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\})$/i;
/** Digits to which converters of Windows events fill up hexadecimal numbers of 32 and of 64 bits. */
const FILLED = [8, 16];

/**
 * A value of a rule, and how else converters of Windows events write the same: hexadecimal numbers with and without leading zeros (Windows itself
 * writes none, libevtx fills up to the length of the type), GUIDs with and without braces. A value that is neither stands alone.
 */
export function spellingsOf(value: string): readonly string[] {
  if (GUID.test(value)) {
    const bare = value.startsWith('{') ? value.slice(1, -1) : value;
    return [value, value === bare ? `{${bare}}` : bare];
  }
  const written = HEXADECIMAL.exec(value)?.[1];
  if (written === undefined) return [value];
  let zeros = 0;
  while (zeros < written.length - 1 && written[zeros] === '0') zeros++;
  const digits = written.slice(zeros);
  return [...new Set([value, `0x${digits}`, ...FILLED.map((length) => `0x${digits.padStart(length, '0')}`)])];
}
