import { IndicatorError } from './indicator-error.js';
import type { IndicatorValue } from './indicator.js';
import { domainValue, emailValue, hashValue, ipValue, urlValue } from './indicator-value.js';

const MAX_PATTERN = 64 * 1024;
const MAX_VALUES = 500;
const TOKEN = /\s+|'(?:[^'\\]|\\.)*'|!=|<=|>=|[[\]()=<>,.:*]|[A-Za-z0-9_-]+/y;
const HASH_PATH = /^file:hashes\.'?(?:MD5|SHA-?1|SHA-?256|SHA-?512)'?$/i;

/** How the value of each object path is read; what is not here is not a simple pattern. */
const READERS: ReadonlyMap<string, (text: string) => IndicatorValue> = new Map([
  ['ipv4-addr:value', ipValue],
  ['ipv6-addr:value', ipValue],
  ['network-traffic:src_ref.value', ipValue],
  ['network-traffic:dst_ref.value', ipValue],
  ['domain-name:value', domainValue],
  ['url:value', urlValue],
  ['email-addr:value', emailValue],
]);

/**
 * Reads a simple STIX pattern (STIX 2.1 section 9): comparisons of the value of an address, domain, URL, e-mail address or file hash by `=`, `IN`
 * or, for addresses, `ISSUBSET`, joined by OR. Any of the values is a match.
 * @throws IndicatorError with the part that is not of this kind.
 */
export function readSimplePattern(pattern: string): IndicatorValue[] {
  if (pattern.length > MAX_PATTERN) throw new IndicatorError(`the pattern is longer than ${MAX_PATTERN} characters`);
  return new PatternReader(tokensOf(pattern)).read();
}

function tokensOf(pattern: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(pattern);
    if (match === null) throw new IndicatorError(`not a STIX pattern at character ${at + 1}`);
    if (match[0].trim() !== '') tokens.push(match[0]);
  }
  return tokens;
}

class PatternReader {
  private readonly values: IndicatorValue[] = [];
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  read(): IndicatorValue[] {
    do this.observation();
    while (this.take('OR'));
    this.end();
    return [...new Map(this.values.map((value) => [`${value.type} ${value.value}`, value])).values()];
  }

  private observation(): void {
    this.expect('[');
    do this.comparison();
    while (this.take('OR'));
    this.expect(']');
  }

  private comparison(): void {
    if (this.take('(')) {
      do this.comparison();
      while (this.take('OR'));
      this.expect(')');
      return;
    }
    const path = this.path();
    const read = HASH_PATH.test(path) ? hashValue : READERS.get(path);
    if (read === undefined) throw new IndicatorError(`${path.slice(0, 100)} is not among the properties that are matched`);
    for (const text of this.operand(read)) this.add(read(text));
  }

  private path(): string {
    let path = '';
    while (this.at < this.tokens.length && /^(?:[A-Za-z0-9_-]+|[.:*[\]]|'.*')$/s.test(this.peek()) && !OPERATORS.has(this.peek()))
      path += this.next();
    return path;
  }

  private operand(read: (text: string) => IndicatorValue): string[] {
    const operator = this.next();
    if (operator === '=') return [this.text()];
    if (operator === 'ISSUBSET' && read === ipValue) return [this.text()];
    if (operator !== 'IN') throw new IndicatorError(`the operator ${operator.slice(0, 20)} is not supported here`);
    this.expect('(');
    const texts = [this.text()];
    while (this.take(',')) texts.push(this.text());
    this.expect(')');
    return texts;
  }

  private text(): string {
    const token = this.next();
    if (!token.startsWith("'")) throw new IndicatorError(`a text in quotes is needed instead of ${token.slice(0, 20)}`);
    return token.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
  }

  private add(value: IndicatorValue): void {
    if (this.values.length >= MAX_VALUES) throw new IndicatorError(`the pattern has more than ${MAX_VALUES} values`);
    this.values.push(value);
  }

  private end(): void {
    if (this.at < this.tokens.length) throw new IndicatorError(`${this.peek().slice(0, 20)} is not supported here`);
  }

  private expect(token: string): void {
    if (!this.take(token)) throw new IndicatorError(`${(this.tokens[this.at] ?? 'the end').slice(0, 20)} is not supported here`);
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private peek(): string {
    return this.tokens[this.at] ?? '';
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new IndicatorError('the pattern ends too early');
    return token;
  }
}

const OPERATORS: ReadonlySet<string> = new Set(['IN', 'ISSUBSET', 'ISSUPERSET', 'LIKE', 'MATCHES', 'NOT', 'AND', 'OR', 'EXISTS']);
