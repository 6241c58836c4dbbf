import type { StixLiteral } from './pattern-ast.js';
import type { Token } from './pattern-tokens.js';
import { StixPatternError } from './stix-pattern-error.js';
import { parseStixTime } from './stix-time.js';
import type { TokenReader } from './token-reader.js';

const SHOWN = 40;
const HEX = /^(?:[0-9a-f]{2})*$/i;
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}==|[\w+/-]{3}=)?$/;

/** Reads a constant (STIX 2.1 section 9.3). @throws StixPatternError */
export function readLiteral(reader: TokenReader): StixLiteral {
  const truth = reader.takeOne(['TRUE', 'FALSE']);
  if (truth !== undefined) return { kind: 'boolean', value: truth === 'TRUE' };
  const token = reader.next('a constant', 'number', 'text', 'hex', 'base64', 'time');
  if (token.kind === 'number') return { kind: 'number', value: numberOf(token) };
  if (token.kind === 'hex') return { kind: 'binary', value: bytesOf(token, HEX, 'hex') };
  if (token.kind === 'base64') return { kind: 'binary', value: bytesOf(token, BASE64, 'base64') };
  return token.kind === 'time' ? { kind: 'time', value: timeOf(token) } : { kind: 'text', value: token.text };
}

/** A time: a constant of its own, or a text as in STIX 2.0 where that is allowed. @throws StixPatternError */
export function readTime(reader: TokenReader, isText: boolean): bigint {
  return timeOf(isText ? reader.next('a time', 'time', 'text') : reader.next('a time', 'time'));
}

/** A number greater than 0. @throws StixPatternError */
export function readPositive(reader: TokenReader, expected: string): number {
  const value = numberOf(reader.next(expected, 'number'));
  if (!(value > 0)) throw reader.refuse(`${expected} greater than 0 is expected`);
  return value;
}

/** @throws StixPatternError */
export function numberOf({ text }: Token): number {
  const value = Number(text);
  if (!Number.isFinite(value) || /^[+-]?0\d/.test(text)) throw new StixPatternError(`not a number: ${text.slice(0, SHOWN)}`);
  return value === 0 ? 0 : value;
}

function timeOf({ text }: Token): bigint {
  const time = parseStixTime(text);
  if (time === undefined) throw new StixPatternError(`not a time of the form 2026-01-31T12:00:00.000Z: ${text.slice(0, SHOWN)}`);
  return time;
}

function bytesOf({ text }: Token, form: RegExp, encoding: 'hex' | 'base64'): Uint8Array {
  if (!form.test(text)) throw new StixPatternError(`not ${encoding}: ${text.slice(0, SHOWN)}`);
  return new Uint8Array(Buffer.from(text, encoding));
}
