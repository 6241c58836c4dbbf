const FIRST_LENGTH = 8_192;
/** From this length on, copying in one go is faster than character by character. */
const LONG = 64;

let codes = new Uint16Array(FIRST_LENGTH);
let bytes = Buffer.from(codes.buffer);

/**
 * The UTF-16 units of a text in an array that the next call uses again; what lies beyond the text's length is left over from others.
 * Reading an array many times is faster than asking a string each time.
 */
export function loadCodes(text: string): Uint16Array {
  const { length } = text;
  if (length > codes.length) {
    codes = new Uint16Array(2 ** Math.ceil(Math.log2(length)));
    bytes = Buffer.from(codes.buffer);
  }
  if (length >= LONG) bytes.write(text, 0, 'utf16le');
  else for (let i = 0; i < length; i++) codes[i] = text.charCodeAt(i);
  return codes;
}
