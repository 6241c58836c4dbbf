import type { Comparison, ObjectPath, PathStep, StixLiteral } from './pattern-ast.js';
import { numberOf, readLiteral } from './read-literal.js';
import type { TokenReader } from './token-reader.js';

const ORDER_OPERATORS = ['=', '!=', '<=', '>=', '<', '>'] as const;
const TEXT_OPERATORS = ['LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET'] as const;
/** Names of hashes that are often written without the quotes that their hyphen asks for. */
const HASH_NAME = /^(?:MD|RIPEMD|SHA|SHA3)-?\d+(?:-\d+)?$/i;

/** Reads what stands between the brackets of an observation (STIX 2.1 section 9.6). AND binds more than OR. @throws StixPatternError */
export function readComparison(reader: TokenReader): Comparison {
  return joined(reader, 'OR', () => joined(reader, 'AND', () => readTest(reader)));
}

function joined(reader: TokenReader, word: 'AND' | 'OR', read: () => Comparison): Comparison {
  const first = read();
  const operands = [first];
  while (reader.take(word)) operands.push(read());
  return operands.length === 1 ? first : { kind: word === 'AND' ? 'and' : 'or', operands };
}

function readTest(reader: TokenReader): Comparison {
  if (reader.take('(')) {
    const inner = reader.deeper(() => readComparison(reader));
    reader.expect(')');
    return inner;
  }
  // An object may be of a type that is called `not` or `exists`.
  const exists = reader.isBefore(':') ? undefined : readExistence(reader);
  if (exists !== undefined) return exists;
  const path = readPath(reader);
  const negated = reader.take('NOT');
  if (reader.take('IN')) return { kind: 'in', path, negated, values: readSet(reader) };
  const textual = reader.takeOne(TEXT_OPERATORS);
  if (textual !== undefined) return { kind: 'text', path, negated, operator: textual, value: reader.next('a text', 'text').text };
  const operator = reader.takeOne(ORDER_OPERATORS);
  if (operator === undefined) throw reader.refuse('an operator is expected');
  const value = readLiteral(reader);
  if (value.kind === 'boolean' && operator !== '=' && operator !== '!=') throw reader.refuse(`a constant that has an order is expected`);
  return { kind: 'order', path, negated, operator, value };
}

function readExistence(reader: TokenReader): Comparison | undefined {
  const negated = reader.take('NOT');
  if (negated) reader.expect('EXISTS');
  return negated || reader.take('EXISTS') ? { kind: 'exists', path: readPath(reader), negated } : undefined;
}

function readSet(reader: TokenReader): StixLiteral[] {
  reader.expect('(');
  if (reader.take(')')) return [];
  const values = [readLiteral(reader)];
  while (reader.take(',')) values.push(readLiteral(reader));
  if (values.some(({ kind }) => kind !== values[0]?.kind)) throw reader.refuse('a set of constants of one kind is expected');
  reader.expect(')');
  return values;
}

function readPath(reader: TokenReader): ObjectPath {
  const type = reader.next('a type of object', 'name').text;
  reader.expect(':');
  const steps: PathStep[] = [readKey(reader)];
  for (;;) {
    if (reader.take('.')) steps.push(readKey(reader));
    else if (reader.take('[')) steps.push(readIndex(reader));
    else return { type, steps };
  }
}

function readKey(reader: TokenReader): PathStep {
  const { kind, text } = reader.next('a property', 'name', 'text');
  if (kind === 'name' && text.includes('-') && !HASH_NAME.test(text))
    throw reader.refuse(`quotes around ${text.slice(0, 40)} are expected`);
  return { kind: 'key', name: text };
}

function readIndex(reader: TokenReader): PathStep {
  if (reader.take('*')) {
    reader.expect(']');
    return { kind: 'any' };
  }
  const index = numberOf(reader.next('a position or *', 'number'));
  if (!Number.isSafeInteger(index)) throw reader.refuse('a whole number is expected');
  reader.expect(']');
  return { kind: 'index', index };
}
