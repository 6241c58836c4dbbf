import { duplicateName } from '../../http/duplicate-names.js';

/**
 * Reads a JSON object in UTF-8; `undefined` where it is none, or where any object in it names a member twice (RFC 7519 §4: readers that take the last
 * and readers that take the first would disagree on what was signed).
 */
export function parseUniqueObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || duplicateName(text) !== undefined) return undefined;
    return value;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
