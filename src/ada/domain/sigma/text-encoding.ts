import type { Encoding } from './modifiers.js';
import { SigmaError } from './sigma-error.js';
import { type TextPart, isPlain, mapPlain, plainText } from './sigma-text.js';

const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];
/** One of the dashes where it begins an option: nothing that belongs to a word stands before it, a word follows. */
const OPTION_DASH = /\B[-/\u2013-\u2015]\b/g;
const MAX_VARIANTS = 3_125;
const OFFSET_START = [0, 2, 3];
const OFFSET_END = [undefined, -3, -2];

/**
 * Every way to write the option dashes of a text with the five dashes that Windows programs accept: hyphen, slash, en dash, em dash,
 * horizontal bar, in all permutations.
 * @throws SigmaError beyond 3,125 variants.
 */
export function windashVariants(parts: readonly TextPart[]): TextPart[][] {
  let variants: TextPart[][] = [[]];
  for (const part of parts) {
    const written: TextPart[] = typeof part === 'string' ? dashed(part) : [part];
    if (variants.length * written.length > MAX_VARIANTS) throw new SigmaError('"windash" finds too many dashes in one value');
    variants = variants.flatMap((before) => written.map((option): TextPart[] => [...before, option]));
  }
  return variants;
}

function dashed(plain: string): string[] {
  const pieces = plain.split(OPTION_DASH);
  if (DASHES.length ** (pieces.length - 1) > MAX_VARIANTS) throw new SigmaError('"windash" finds too many dashes in one value');
  let variants = [pieces[0] ?? ''];
  for (const piece of pieces.slice(1)) variants = variants.flatMap((before) => DASHES.map((dash) => before + dash + piece));
  return variants;
}

/**
 * The texts that a value becomes under encodings: one, or the three that `base64offset` allows for.
 * UTF-16 without base64 after it gives the bytes as characters, as they show in text that was read byte by byte.
 * @throws SigmaError when a wildcard would have to be encoded in base64.
 */
export function encodeText(parts: readonly TextPart[], encodings: readonly Encoding[]): TextPart[][] {
  const [first] = encodings;
  const last = encodings.at(-1);
  if (first === undefined || last === undefined) return [[...parts]];
  if (last !== 'base64' && last !== 'base64offset') return [asBytes(parts, first)];
  if (!isPlain(parts)) throw new SigmaError(`"${last}" cannot encode a wildcard`);
  const bytes = toBytes(plainText(parts), first);
  if (last === 'base64') return [[bytes.toString('base64')]];
  return OFFSET_START.map((start, offset) => [
    Buffer.concat([Buffer.alloc(offset, ' '), bytes])
      .toString('base64')
      .slice(start, OFFSET_END[(bytes.length + offset) % 3]),
  ]);
}

/** UTF-16 as text that was read byte by byte; the byte order mark of `utf16` comes once, before all else. */
function asBytes(parts: readonly TextPart[], encoding: Encoding): TextPart[] {
  if (encoding !== 'utf16') return mapPlain(parts, (plain) => toBytes(plain, encoding).toString('latin1'));
  const [head, ...rest] = asBytes(parts, 'utf16le');
  const mark = toBytes('', 'utf16').toString('latin1');
  if (head === undefined) return [mark];
  return typeof head === 'string' ? [mark + head, ...rest] : [mark, head, ...rest];
}

function toBytes(text: string, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'utf16le':
      return Buffer.from(text, 'utf16le');
    case 'utf16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'utf16':
      return Buffer.from(`\uFEFF${text}`, 'utf16le');
    case 'base64':
    case 'base64offset':
      return Buffer.from(text, 'utf8');
  }
}
