import type { OrderOperator, StixLiteral } from './pattern-ast.js';
import { StixPatternError } from './stix-pattern-error.js';
import { parseStixTime } from './stix-time.js';

const SHOWN = 40;
const NOT_BYTES = /[^\0-\xff]/;

/**
 * How a value of an object stands to a constant: below 0, 0 or above 0; `unequal` where they only differ, as `true` and `false` do, and `undefined` where they
 * are of kinds that are not compared (STIX 2.1 section 9.6.1).
 * @throws StixPatternError where a text is compared with a time and is none.
 */
export function compareLiteral(value: unknown, literal: StixLiteral): number | 'unequal' | undefined {
  switch (literal.kind) {
    case 'number':
      return typeof value === 'number' ? order(value, literal.value) : undefined;
    case 'boolean':
      return typeof value !== 'boolean' ? undefined : value === literal.value ? 0 : 'unequal';
    case 'time':
      return typeof value === 'string' ? order(timeOf(value), literal.value) : undefined;
    case 'text':
      return compareText(value, literal.value);
    case 'binary':
      return compareBytes(value instanceof Uint8Array ? value : typeof value === 'string' ? bytesOf(value) : undefined, literal.value);
  }
}

/** Texts by their code points; bytes with the bytes that the text stands for. */
function compareText(value: unknown, text: string): number | undefined {
  if (typeof value === 'string') return value === text ? 0 : Buffer.compare(Buffer.from(value), Buffer.from(text));
  return value instanceof Uint8Array ? compareBytes(value, bytesOf(text)) : undefined;
}

/** Whether a value meets an operator and a constant. What cannot be compared is unequal, and in no order. @throws StixPatternError */
export function meets(value: unknown, operator: OrderOperator, literal: StixLiteral): boolean | undefined {
  const compared = compareLiteral(value, literal);
  if (operator === '=' || operator === '!=') return (compared === 0) === (operator === '=');
  if (typeof compared !== 'number') return undefined;
  if (operator === '<') return compared < 0;
  if (operator === '>') return compared > 0;
  return operator === '<=' ? compared <= 0 : compared >= 0;
}

/** The bytes that a text stands for where each of its characters is one (section 9.6.1); `undefined` where one is not. */
function bytesOf(text: string): Uint8Array | undefined {
  return NOT_BYTES.test(text) ? undefined : Buffer.from(text, 'latin1');
}

function compareBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Buffer.compare(a, b);
}

function timeOf(text: string): bigint {
  const time = parseStixTime(text);
  if (time === undefined) throw new StixPatternError(`an object has no time where the pattern asks for one: ${text.slice(0, SHOWN)}`);
  return time;
}

function order<T extends number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
