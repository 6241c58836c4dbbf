import { IndicatorError } from '../indicator-error.js';
import type { IndicatorValue } from '../indicator.js';
import { domainValue, emailValue, fileNameValue, hashValue, ipValue, mutexValue, registryKeyValue, urlValue } from '../indicator-value.js';
import type { Comparison, ObjectPath, StixLiteral, StixPattern } from './pattern-ast.js';

type Reader = (text: string) => IndicatorValue;

const MAX_VALUES = 500;

/** How the values of paths are read that indicators are looked up by. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ['ipv4-addr:value', ipValue],
  ['ipv6-addr:value', ipValue],
  ['network-traffic:src_ref.value', ipValue],
  ['network-traffic:dst_ref.value', ipValue],
  ['domain-name:value', domainValue],
  ['url:value', urlValue],
  ['email-addr:value', emailValue],
  ['file:name', fileNameValue],
  ['windows-registry-key:key', registryKeyValue],
  ['mutex:name', mutexValue],
]);
/** How the value of an end of a connection is read beside the type that it is said to be of. */
const ENDS: ReadonlyMap<string, Reader> = new Map([
  ['ipv4-addr', ipv4Value],
  ['ipv6-addr', ipv6Value],
  ['domain-name', domainValue],
]);
const END_TYPES: ReadonlyMap<string, string> = new Map([
  ['network-traffic:src_ref.type', 'network-traffic:src_ref'],
  ['network-traffic:dst_ref.type', 'network-traffic:dst_ref'],
]);
const ADDRESSES: ReadonlySet<Reader> = new Set([ipValue, ipv4Value, ipv6Value]);
const HASH_NAME = /^(?:MD5|SHA-?1|SHA-?256|SHA-?512)$/i;

/**
 * The values of a pattern that any one of them is a match of: comparisons of addresses, domains, URLs, e-mail addresses, file hashes and names, registry keys and
 * mutexes by `=`, `IN` and, for addresses, `ISSUBSET`, joined by OR; an end of a connection may have its type beside it. Each once; `undefined` where the pattern asks for anything else.
 * @throws IndicatorError where a value is not of its kind, or there are more than 500.
 */
export function simpleValues(pattern: StixPattern): IndicatorValue[] | undefined {
  const texts = ofPattern(pattern);
  if (texts === undefined) return undefined;
  if (texts.length > MAX_VALUES) throw new IndicatorError(`the pattern has more than ${MAX_VALUES} values`);
  const values = texts.map(([read, text]) => read(text));
  return [...new Map(values.map((value) => [`${value.type} ${value.value}`, value])).values()];
}

type Found = readonly (readonly [Reader, string])[] | undefined;

function ofPattern(pattern: StixPattern): Found {
  if (pattern.kind === 'observation') return ofComparison(pattern.comparison);
  return pattern.kind === 'or' ? together(pattern.operands.map(ofPattern)) : undefined;
}

function ofComparison(comparison: Comparison): Found {
  if ('operands' in comparison)
    return comparison.kind === 'or' ? together(comparison.operands.map(ofComparison)) : ofTypedEnd(comparison.operands);
  const read = comparison.negated ? undefined : readerOf(comparison.path);
  return read && ofTest(comparison, read);
}

/** `network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.7'`, in any order: nothing but the value. */
function ofTypedEnd([one, other, ...more]: readonly Comparison[]): Found {
  if (one === undefined || other === undefined || more.length > 0) return undefined;
  return ofEnd(typeOfEnd(one), other) ?? ofEnd(typeOfEnd(other), one);
}

function ofEnd(typed: { readonly end: string; readonly read: Reader } | undefined, test: Comparison): Found {
  if (typed === undefined || 'operands' in test || test.negated || nameOf(test.path) !== `${typed.end}.value`) return undefined;
  return ofTest(test, typed.read);
}

/** Which end of a connection is said to be of a type, and how its value is read then. */
function typeOfEnd(test: Comparison): { readonly end: string; readonly read: Reader } | undefined {
  if (test.kind !== 'order' || test.operator !== '=' || test.negated || test.value.kind !== 'text') return undefined;
  const end = END_TYPES.get(nameOf(test.path));
  const read = ENDS.get(test.value.value);
  return end === undefined || read === undefined ? undefined : { end, read };
}

function ipv4Value(text: string): IndicatorValue {
  const value = ipValue(text);
  if (value.value.includes(':')) throw new IndicatorError(`not an IPv4 address: ${text.slice(0, 80)}`);
  return value;
}

function ipv6Value(text: string): IndicatorValue {
  const value = ipValue(text);
  if (!value.value.includes(':')) throw new IndicatorError(`not an IPv6 address: ${text.slice(0, 80)}`);
  return value;
}

function ofTest(test: Exclude<Comparison, { operands: unknown }>, read: Reader): Found {
  if (test.kind === 'order') return test.operator === '=' ? ofLiterals(read, [test.value]) : undefined;
  if (test.kind === 'in') return test.values.length > 0 ? ofLiterals(read, test.values) : undefined;
  return test.kind === 'text' && test.operator === 'ISSUBSET' && ADDRESSES.has(read) ? [[read, test.value]] : undefined;
}

function ofLiterals(read: Reader, literals: readonly StixLiteral[]): Found {
  const texts = literals.flatMap((literal) => (literal.kind === 'text' ? [[read, literal.value] as const] : []));
  return texts.length === literals.length ? texts : undefined;
}

function together(parts: readonly Found[]): Found {
  const found = parts.filter((part) => part !== undefined);
  return found.length === parts.length ? found.flat() : undefined;
}

function readerOf(path: ObjectPath): Reader | undefined {
  const [first, second, ...more] = path.steps;
  const isHash = path.type === 'file' && first?.kind === 'key' && first.name === 'hashes' && more.length === 0;
  if (isHash && second?.kind === 'key' && HASH_NAME.test(second.name)) return hashValue;
  return READERS.get(nameOf(path));
}

function nameOf({ type, steps }: ObjectPath): string {
  return `${type}:${steps.map((step) => (step.kind === 'key' ? step.name : '*')).join('.')}`;
}
