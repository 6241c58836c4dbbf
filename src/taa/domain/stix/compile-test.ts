import { type IpBlock, isInBlock, parseIpBlock } from '../../../events/ip-block.js';
import { likePattern } from './like-pattern.js';
import { compareLiteral, meets } from './compare-literal.js';
import type { Comparison, TextOperator } from './pattern-ast.js';
import { StixPatternError } from './stix-pattern-error.js';
import type { Steps } from './steps.js';

/** Tells whether a regular expression is found in a text, in time that is linear in the text. */
export interface TextMatcher {
  /** Instructions of its program: on a text it takes at worst as many for each character. */
  readonly size: number;
  matches(text: string): boolean;
}

/** Compiles a regular expression. @throws StixPatternError where it is none, or one that may be slow. */
export type MatcherCompiler = (source: string) => TextMatcher;

/** Whether one value meets a comparison. @throws StixPatternError where it cannot be said. */
export type ValueTest = (value: unknown, steps: Steps) => boolean;

type Test = Exclude<Comparison, { operands: unknown }>;

const SHOWN = 60;
/** Instructions of a program, each on one character, that are a step; most programs need far less. */
const INSTRUCTIONS_PER_STEP = 16;
const NOT_BYTES = /[^\0-\xff]/;

/** Compiles what a comparison asks of one value. @throws StixPatternError where it holds a constant that cannot be used. */
export function compileTest(test: Test, compile: MatcherCompiler): ValueTest {
  if (test.kind === 'exists') return () => true;
  if (test.kind === 'order') {
    const { operator, value: literal, negated } = test;
    return (value) => {
      const met = meets(value, operator, literal);
      return met !== undefined && met !== negated;
    };
  }
  const asked: ValueTest =
    test.kind === 'in'
      ? (value) => test.values.some((literal) => compareLiteral(value, literal) === 0)
      : compileTextTest(test.operator, test.value, compile);
  return test.negated ? (value, steps) => !asked(value, steps) : asked;
}

function compileTextTest(operator: TextOperator, operand: string, compile: MatcherCompiler): ValueTest {
  if (operator === 'LIKE') return compileLike(operand);
  if (operator === 'MATCHES') return compileMatches(operand, compile);
  const block = blockOf(operand);
  if (operator === 'ISSUBSET') return (value) => typeof value === 'string' && contains(block, blockOf(value));
  return (value) => typeof value === 'string' && contains(blockOf(value), block);
}

function compileLike(operand: string): ValueTest {
  const isLike = likePattern(operand);
  const isOfBytes = !NOT_BYTES.test(operand);
  return (value, steps) => {
    if (typeof value === 'string') return isLike(value, steps);
    return value instanceof Uint8Array && isOfBytes && isLike(Buffer.from(value).toString('utf8'), steps);
  };
}

/** Of bytes each is one character (section 9.6.1). */
function compileMatches(operand: string, compile: MatcherCompiler): ValueTest {
  const source = operand.normalize('NFC');
  const program = compile(source);
  const isOfBytes = !NOT_BYTES.test(source);
  return (value, steps) => {
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) return false;
    steps.spend(1 + Math.ceil((value.length * program.size) / INSTRUCTIONS_PER_STEP));
    if (typeof value === 'string') return program.matches(value.normalize('NFC'));
    return isOfBytes && program.matches(Buffer.from(value).toString('latin1'));
  };
}

function blockOf(text: string): IpBlock {
  const block = parseIpBlock(text);
  if (block === undefined) throw new StixPatternError(`not an IP address or block: ${text.slice(0, SHOWN)}`);
  return block;
}

function contains(outer: IpBlock, inner: IpBlock): boolean {
  return outer.bits <= inner.bits && isInBlock(outer, inner);
}
