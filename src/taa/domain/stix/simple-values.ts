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
const HASH_NAME = /^(?:MD5|SHA-?1|SHA-?256|SHA-?512)$/i;

/**
 * The values of a pattern that any one of them is a match of: comparisons of addresses, domains, URLs, e-mail addresses, file hashes and names, registry keys and
 * mutexes by `=`, `IN` and, for addresses, `ISSUBSET`, joined by OR. Each once; `undefined` where the pattern asks for anything else.
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
  if ('operands' in comparison) return comparison.kind === 'or' ? together(comparison.operands.map(ofComparison)) : undefined;
  const read = comparison.negated ? undefined : readerOf(comparison.path);
  return read && ofTest(comparison, read);
}

function ofTest(test: Exclude<Comparison, { operands: unknown }>, read: Reader): Found {
  if (test.kind === 'order') return test.operator === '=' ? ofLiterals(read, [test.value]) : undefined;
  if (test.kind === 'in') return test.values.length > 0 ? ofLiterals(read, test.values) : undefined;
  return test.kind === 'text' && test.operator === 'ISSUBSET' && read === ipValue ? [[read, test.value]] : undefined;
}

function ofLiterals(read: Reader, literals: readonly StixLiteral[]): Found {
  const texts = literals.flatMap((literal) => (literal.kind === 'text' ? [[read, literal.value] as const] : []));
  return texts.length === literals.length ? texts : undefined;
}

function together(parts: readonly Found[]): Found {
  const found = parts.filter((part) => part !== undefined);
  return found.length === parts.length ? found.flat() : undefined;
}

function readerOf({ type, steps }: ObjectPath): Reader | undefined {
  const names = steps.map((step) => (step.kind === 'key' ? step.name : '*'));
  const [first, second] = names;
  if (type === 'file' && first === 'hashes' && names.length === 2 && second !== undefined && HASH_NAME.test(second)) return hashValue;
  return READERS.get(`${type}:${names.join('.')}`);
}
