import type { ValueScreen } from './value-screen.js';

const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;
const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION = 0x3f;
const NUMBER_SIGN = 0x23;
const COLON = 0x3a;
const PERCENT = 0x25;
const DASH = 0x2d;
const TWO = 0x32;
const LETTER_E = 0x65;

/** Characters of which a URL is not taken as it stands: blanks, others than ASCII, and those that are written in more than one way. */
const UNPLAIN = Uint8Array.from({ length: 128 }, (_, code) => (code <= 0x20 || code === 0x7f || '\\"<>^`{|}'.includes(String.fromCharCode(code)) ? 1 : 0)); // prettier-ignore

/** Whether a table may hold a URL, or the same without its query, under the keys of `urlKeys`; told in one pass. True for whatever is not plain. */
export function mayHoldUrl(screen: ValueScreen, kind: number, text: string): boolean {
  const { length } = text;
  let at = startOfHost(text);
  const host = at;
  let hash = BASIS;
  let code = 0;
  for (; at < length; at++) {
    const next = text.charCodeAt(at);
    if (next === SLASH || next === QUESTION || next === NUMBER_SIGN) break;
    code = next >= 0x41 && next <= 0x5a ? next | 0x20 : next;
    if (!isOfHost(code)) return true;
    hash = Math.imul(hash ^ code, PRIME);
  }
  // Hosts that end in a number may be addresses.
  if (at === host || code < COLON) return true;
  if (at === length || text.charCodeAt(at) !== SLASH) hash = Math.imul(hash ^ SLASH, PRIME);
  return mayHoldFrom(screen, kind, text, at, hash);
}

/** @param hash of the host. */
function mayHoldFrom(screen: ValueScreen, kind: number, text: string, start: number, host: number): boolean {
  let hash = host;
  let before = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === NUMBER_SIGN) break;
    if (code > 0x7f || UNPLAIN[code] === 1 || (before === SLASH && code === DOT) || (code === PERCENT && isDot(text, at))) return true;
    if (code === QUESTION && screen.mayHold(kind, hash >>> 0)) return true;
    hash = Math.imul(hash ^ code, PRIME);
    before = code;
  }
  return screen.mayHold(kind, hash >>> 0);
}

/** The hash of a key of `urlKeys`, from its beginning on; -1 where it has other than ASCII characters. */
export function urlHash(key: string): number {
  let hash = BASIS;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code > 0x7f) return -1;
    hash = Math.imul(hash ^ code, PRIME);
  }
  return hash >>> 0;
}

function isOfHost(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === DASH || code === DOT;
}

function isDot(text: string, percent: number): boolean {
  return text.charCodeAt(percent + 1) === TWO && (text.charCodeAt(percent + 2) | 0x20) === LETTER_E;
}

/** Behind `http://` or `https://`, in any case; the beginning where there is neither. */
function startOfHost(text: string): number {
  if ((text.charCodeAt(0) | 0x20) !== 0x68 || (text.charCodeAt(1) | 0x20) !== 0x74) return 0;
  if ((text.charCodeAt(2) | 0x20) !== 0x74 || (text.charCodeAt(3) | 0x20) !== 0x70) return 0;
  const colon = (text.charCodeAt(4) | 0x20) === 0x73 ? 5 : 4;
  const isScheme = text.charCodeAt(colon) === COLON && text.charCodeAt(colon + 1) === SLASH && text.charCodeAt(colon + 2) === SLASH;
  return isScheme ? colon + 3 : 0;
}
