import { type Expression, allOf, anyOf } from './expression.js';
import { SigmaError } from './sigma-error.js';

const MAX_LENGTH = 8_192;
const MAX_DEPTH = 64;
const TOKEN = /\s*(?:([()|])|([^\s()|]+))/y;

interface Reader {
  readonly tokens: readonly string[];
  readonly searches: ReadonlyMap<string, Expression>;
  position: number;
  depth: number;
}

/**
 * Reads a condition over named searches: `or` binds weaker than `and`, then `not`, then `1 of` / `any of` / `all of`, then parentheses.
 * `them` stands for every search whose name does not begin with an underscore; `*` in a name pattern for any characters.
 * @throws SigmaError when it cannot be understood or names a search that is not there.
 */
export function parseCondition(text: string, searches: ReadonlyMap<string, Expression>): Expression {
  if (text.length > MAX_LENGTH) throw new SigmaError(`condition is longer than ${MAX_LENGTH} characters`);
  const reader: Reader = { tokens: tokenize(text), searches, position: 0, depth: 0 };
  const expression = readOr(reader);
  const rest = peek(reader);
  if (rest === '|') throw new SigmaError('aggregation in a condition ("| count() ...") is not part of Sigma 2; use a correlation rule');
  if (rest !== undefined) throw new SigmaError(`condition: "${rest}" was not expected`);
  return expression;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const trimmed = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) break;
    tokens.push(match[1] ?? match[2] ?? '');
  }
  return tokens;
}

function peek(reader: Reader): string | undefined {
  return reader.tokens[reader.position];
}

function isWord(token: string | undefined, word: string): boolean {
  return token?.toLowerCase() === word;
}

function readOr(reader: Reader): Expression {
  const of = [readAnd(reader)];
  while (isWord(peek(reader), 'or')) {
    reader.position++;
    of.push(readAnd(reader));
  }
  return anyOf(of);
}

function readAnd(reader: Reader): Expression {
  const of = [readNot(reader)];
  while (isWord(peek(reader), 'and')) {
    reader.position++;
    of.push(readNot(reader));
  }
  return allOf(of);
}

function readNot(reader: Reader): Expression {
  if (!isWord(peek(reader), 'not')) return readPrimary(reader);
  reader.position++;
  enter(reader);
  const of = readNot(reader);
  reader.depth--;
  return { kind: 'not', of };
}

function readPrimary(reader: Reader): Expression {
  const token = peek(reader);
  if (token === undefined) throw new SigmaError('condition ends too early');
  reader.position++;
  if (token === '(') {
    enter(reader);
    const inner = readOr(reader);
    if (peek(reader) !== ')') throw new SigmaError('condition: a parenthesis is not closed');
    reader.position++;
    reader.depth--;
    return inner;
  }
  if (isWord(peek(reader), 'of')) return readQuantifier(reader, token.toLowerCase());
  const search = reader.searches.get(token);
  if (search === undefined) throw new SigmaError(`condition names "${token}", which is not in the detection`);
  return search;
}

function readQuantifier(reader: Reader, quantifier: string): Expression {
  if (quantifier !== '1' && quantifier !== 'any' && quantifier !== 'all') {
    throw new SigmaError(`condition: "${quantifier} of" is not one of "1 of", "any of", "all of"`);
  }
  reader.position++;
  const target = peek(reader);
  if (target === undefined) throw new SigmaError('condition ends after "of"');
  reader.position++;
  const chosen = select(reader.searches, target);
  if (chosen.length === 0) throw new SigmaError(`condition: "${quantifier} of ${target}" stands for no search`);
  return quantifier === 'all' ? allOf(chosen) : anyOf(chosen);
}

function select(searches: ReadonlyMap<string, Expression>, target: string): Expression[] {
  const them = isWord(target, 'them');
  const chosen: Expression[] = [];
  for (const [name, search] of searches) {
    if (them ? !name.startsWith('_') : nameMatches(target, name)) chosen.push(search);
  }
  return chosen;
}

function nameMatches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let position = first.length;
  for (const middle of rest) {
    const at = name.indexOf(middle, position);
    if (at < 0) return false;
    position = at + middle.length;
  }
  return name.length - last.length >= position && name.endsWith(last);
}

function enter(reader: Reader): void {
  if (++reader.depth > MAX_DEPTH) throw new SigmaError(`condition is nested deeper than ${MAX_DEPTH} levels`);
}
