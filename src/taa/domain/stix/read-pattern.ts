import type { StixPattern } from './pattern-ast.js';
import { readComparison } from './read-comparison.js';
import { readPositive, readTime } from './read-literal.js';
import { TokenReader } from './token-reader.js';

const MAX_QUALIFIERS = 64;

export type PatternVersion = '2.0' | '2.1';

/**
 * Reads a STIX pattern (STIX 2.1 section 9; of 2.0 that the times of START and STOP are texts). AND binds more than OR, OR more than FOLLOWEDBY, and a
 * qualifier belongs to what is right before it. At most 64 Ki characters and 64 levels.
 * @throws StixPatternError with what is wrong and where.
 */
export function readPattern(pattern: string, version: PatternVersion = '2.1'): StixPattern {
  const reader = new TokenReader(pattern);
  const read = new PatternReader(reader, version).read();
  reader.end();
  return read;
}

class PatternReader {
  constructor(
    private readonly reader: TokenReader,
    private readonly version: PatternVersion,
  ) {}

  read(): StixPattern {
    return this.joined('FOLLOWEDBY', 'followedby', () => this.joined('OR', 'or', () => this.joined('AND', 'and', () => this.qualified())));
  }

  private joined(word: string, kind: 'and' | 'or' | 'followedby', read: () => StixPattern): StixPattern {
    const first = read();
    const operands = [first];
    while (this.reader.take(word)) operands.push(read());
    return operands.length === 1 ? first : { kind, operands };
  }

  private qualified(): StixPattern {
    let pattern = this.observation();
    for (let count = 0; ; count++) {
      const qualified = this.qualify(pattern);
      if (qualified === undefined) return pattern;
      if (count === MAX_QUALIFIERS) throw this.reader.refuse(`at most ${MAX_QUALIFIERS} qualifiers are expected`);
      pattern = qualified;
    }
  }

  private observation(): StixPattern {
    if (this.reader.take('(')) {
      const inner = this.reader.deeper(() => this.read());
      this.reader.expect(')');
      return inner;
    }
    this.reader.expect('[');
    const comparison = readComparison(this.reader);
    this.reader.expect(']');
    return { kind: 'observation', comparison };
  }

  private qualify(of: StixPattern): StixPattern | undefined {
    if (this.reader.take('WITHIN')) {
      const seconds = readPositive(this.reader, 'a number of seconds');
      this.reader.expect('SECONDS');
      return { kind: 'within', of, seconds };
    }
    if (this.reader.take('REPEATS')) {
      const times = readPositive(this.reader, 'a number of times');
      if (!Number.isSafeInteger(times)) throw this.reader.refuse('a whole number of times is expected');
      this.reader.expect('TIMES');
      return { kind: 'repeats', of, times };
    }
    if (!this.reader.take('START')) return undefined;
    const start = readTime(this.reader, this.version === '2.0');
    this.reader.expect('STOP');
    return { kind: 'startstop', of, start, stop: readTime(this.reader, this.version === '2.0') };
  }
}
