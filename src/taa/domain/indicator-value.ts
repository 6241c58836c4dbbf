import { IndicatorError } from './indicator-error.js';
import type { IndicatorType, IndicatorValue } from './indicator.js';
import { mutexName } from './mutex-name.js';
import { registryKey } from './registry-key.js';
import { formatIpBlock, parseIpBlock } from '../../events/ip-block.js';

const MAX_URL = 2_048;
const MAX_FILE_NAME = 255;
const MAX_MUTEX = 260;
const SHOWN = 80;
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const EMAIL = /^[^\s@"]{1,64}@[^\s@]{1,253}$/;
/** Lengths of hexadecimal MD5, SHA-1, SHA-256 and SHA-512. */
const HASH_LENGTHS: ReadonlySet<number> = new Set([32, 40, 64, 128]);

/** @throws IndicatorError where the text is not an address or a block of them. */
export function ipValue(text: string): IndicatorValue {
  const block = parseIpBlock(text.trim());
  if (block === undefined) throw new IndicatorError(`not an IP address or block: ${shown(text)}`);
  return { type: 'ip', value: formatIpBlock(block) };
}

/** @throws IndicatorError where the text is not a domain of at least two labels. */
export function domainValue(text: string): IndicatorValue {
  const value = text.trim().toLowerCase().replace(/\.$/, '');
  if (!DOMAIN.test(value) || parseIpBlock(value) !== undefined) throw new IndicatorError(`not a domain name: ${shown(text)}`);
  return { type: 'domain', value };
}

/** @throws IndicatorError where the text is not an absolute URL of http, https or ftp. */
export function urlValue(text: string): IndicatorValue {
  const url = text.length <= MAX_URL ? URL.parse(text.trim()) : null;
  if (url === null || !/^(?:https?|ftp):$/.test(url.protocol)) throw new IndicatorError(`not a URL: ${shown(text)}`);
  return { type: 'url', value: url.href };
}

/** @throws IndicatorError where the text is not the hexadecimal form of an MD5, SHA-1, SHA-256 or SHA-512 hash. */
export function hashValue(text: string): IndicatorValue {
  const value = text.trim().toLowerCase();
  if (!HASH_LENGTHS.has(value.length) || !/^[0-9a-f]+$/.test(value)) throw new IndicatorError(`not a hash: ${shown(text)}`);
  return { type: 'file_hash', value };
}

/** @throws IndicatorError where the text is not an e-mail address. */
export function emailValue(text: string): IndicatorValue {
  const value = text.trim().toLowerCase();
  if (!EMAIL.test(value)) throw new IndicatorError(`not an e-mail address: ${shown(text)}`);
  return { type: 'email', value };
}

/** @throws IndicatorError where the text is not the name of a file without its directory. */
export function fileNameValue(text: string): IndicatorValue {
  const value = text.trim().toLowerCase();
  if (value === '' || value.length > MAX_FILE_NAME || /[\\/\0]/.test(value))
    throw new IndicatorError(`not the name of a file: ${shown(text)}`);
  return { type: 'file_name', value };
}

/** @throws IndicatorError where the text is not a key of the Windows registry. */
export function registryKeyValue(text: string): IndicatorValue {
  const value = registryKey(text.trim());
  if (value === undefined) throw new IndicatorError(`not a registry key: ${shown(text)}`);
  return { type: 'registry_key', value };
}

/** @throws IndicatorError where the text is not the name of a mutex. */
export function mutexValue(text: string): IndicatorValue {
  const value = mutexName(text.trim());
  if (value === '' || value.length > MAX_MUTEX) throw new IndicatorError(`not the name of a mutex: ${shown(text)}`);
  return { type: 'mutex', value };
}

const READERS = [ipValue, hashValue, urlValue, emailValue, domainValue] as const;

const BY_TYPE: Readonly<Record<IndicatorType, (text: string) => IndicatorValue>> = {
  ip: ipValue,
  domain: domainValue,
  url: urlValue,
  file_hash: hashValue,
  file_name: fileNameValue,
  email: emailValue,
  registry_key: registryKeyValue,
  mutex: mutexValue,
};

/** @throws IndicatorError where the text is none of this type, or there is no such type. */
export function valueOfType(type: string, text: string): IndicatorValue {
  if (!Object.hasOwn(BY_TYPE, type)) throw new IndicatorError(`no type of indicator: ${shown(type)}`);
  return BY_TYPE[type as IndicatorType](text);
}

/**
 * Recognises what kind of indicator a text is.
 * @throws IndicatorError where it is none.
 */
export function anyValue(text: string): IndicatorValue {
  for (const read of READERS) {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof IndicatorError)) throw error;
    }
  }
  throw new IndicatorError(`neither an address, domain, URL, hash nor e-mail address: ${shown(text)}`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN));
}

/** The canonical form of a text that may be an indicator's value; the text itself where it is none. */
export function canonicalValue(text: string): string {
  try {
    return anyValue(text).value;
  } catch (error) {
    if (error instanceof IndicatorError) return text;
    throw error;
  }
}
