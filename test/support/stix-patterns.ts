import fc from 'fast-check';
import type { Comparison, ObjectPath, PathStep, StixLiteral, StixPattern } from '../../src/taa/domain/stix/pattern-ast.js';

/** Writes a pattern so that reading it gives the same one. */
export function printPattern(pattern: StixPattern): string {
  switch (pattern.kind) {
    case 'observation':
      return `[${printComparison(pattern.comparison)}]`;
    case 'within':
      return `${group(pattern.of)} WITHIN ${printNumber(pattern.seconds)} SECONDS`;
    case 'repeats':
      return `${group(pattern.of)} REPEATS ${pattern.times} TIMES`;
    case 'startstop':
      return `${group(pattern.of)} START t'${printTime(pattern.start)}' STOP t'${printTime(pattern.stop)}'`;
    case 'and':
    case 'or':
    case 'followedby':
      return pattern.operands.map(group).join(` ${pattern.kind.toUpperCase()} `);
  }
}

function group(pattern: StixPattern): string {
  return 'operands' in pattern ? `(${printPattern(pattern)})` : printPattern(pattern);
}

function printComparison(comparison: Comparison): string {
  if ('operands' in comparison) {
    return comparison.operands
      .map((operand) => ('operands' in operand ? `(${printComparison(operand)})` : printComparison(operand)))
      .join(` ${comparison.kind.toUpperCase()} `);
  }
  const path = printPath(comparison.path);
  const not = comparison.negated ? 'NOT ' : '';
  switch (comparison.kind) {
    case 'exists':
      return `${not}EXISTS ${path}`;
    case 'order':
      return `${path} ${not}${comparison.operator} ${printLiteral(comparison.value)}`;
    case 'in':
      return `${path} ${not}IN (${comparison.values.map(printLiteral).join(', ')})`;
    case 'text':
      return `${path} ${not}${comparison.operator} ${quote(comparison.value)}`;
  }
}

function printPath({ type, steps }: ObjectPath): string {
  const printed = steps.map((step) => {
    if (step.kind === 'key') return `.${/^[A-Za-z_]\w*$/.test(step.name) ? step.name : quote(step.name)}`;
    return step.kind === 'any' ? '[*]' : `[${step.index}]`;
  });
  return `${type}:${printed.join('').slice(1)}`;
}

function printLiteral(literal: StixLiteral): string {
  switch (literal.kind) {
    case 'number':
      return printNumber(literal.value);
    case 'text':
      return quote(literal.value);
    case 'boolean':
      return String(literal.value);
    case 'binary':
      return `h'${Buffer.from(literal.value).toString('hex')}'`;
    case 'time':
      return `t'${printTime(literal.value)}'`;
  }
}

function printNumber(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20);
}

function printTime(nanos: bigint): string {
  const seconds = nanos / 1_000_000_000n;
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;
}

const NAME = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const STEP: fc.Arbitrary<PathStep> = fc.oneof(
  NAME.map((name) => ({ kind: 'key', name }) as const),
  fc.string({ minLength: 1, maxLength: 8 }).map((name) => ({ kind: 'key', name }) as const),
  fc.integer().map((index) => ({ kind: 'index', index: index === 0 ? 0 : index }) as const),
  fc.constant({ kind: 'any' } as const),
);
const PATH: fc.Arbitrary<ObjectPath> = fc.record({
  type: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/),
  steps: fc.tuple(NAME, fc.array(STEP, { maxLength: 4 })).map(([name, steps]) => [{ kind: 'key' as const, name }, ...steps]),
});
/** Numbers that 20 decimal places hold. */
const NUMBER = fc.oneof(
  fc.integer(),
  fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 1_024 || 0),
);
const TIME = fc.bigInt(0n, 253_402_300_799_000_000_000n);
const ORDERED: readonly fc.Arbitrary<StixLiteral>[] = [
  NUMBER.map((value) => ({ kind: 'number', value }) as const),
  fc.string().map((value) => ({ kind: 'text', value }) as const),
  fc.uint8Array({ maxLength: 8 }).map((value) => ({ kind: 'binary', value: new Uint8Array(value) }) as const),
  TIME.map((value) => ({ kind: 'time', value }) as const),
];
const BOOLEAN: fc.Arbitrary<StixLiteral> = fc.boolean().map((value) => ({ kind: 'boolean', value }) as const);
const NEGATED = fc.boolean();
const TEST: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    kind: fc.constant('order' as const),
    path: PATH,
    negated: NEGATED,
    operator: fc.constantFrom('=' as const, '!=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const),
    value: fc.oneof(...ORDERED),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    path: PATH,
    negated: NEGATED,
    operator: fc.constantFrom('=' as const, '!=' as const),
    value: BOOLEAN,
  }),
  fc.record({
    kind: fc.constant('in' as const),
    path: PATH,
    negated: NEGATED,
    values: fc.oneof(...[...ORDERED, BOOLEAN].map((literal) => fc.array(literal, { maxLength: 4 }))),
  }),
  fc.record({
    kind: fc.constant('text' as const),
    path: PATH,
    negated: NEGATED,
    operator: fc.constantFrom('LIKE' as const, 'MATCHES' as const, 'ISSUBSET' as const, 'ISSUPERSET' as const),
    value: fc.string(),
  }),
  fc.record({ kind: fc.constant('exists' as const), path: PATH, negated: NEGATED }),
);

/** Any pattern, as deep as is readable. */
export const PATTERN: fc.Arbitrary<StixPattern> = fc.letrec<{ comparison: Comparison; pattern: StixPattern }>((tie) => ({
  comparison: fc.oneof(
    { depthSize: 'small' },
    TEST,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('comparison'), { minLength: 2, maxLength: 3 }),
    }),
  ),
  pattern: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('observation' as const), comparison: tie('comparison') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const, 'followedby' as const),
      operands: fc.array(tie('pattern'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('within' as const), of: tie('pattern'), seconds: fc.integer({ min: 1, max: 1e6 }).map((n) => n / 8) }),
    fc.record({ kind: fc.constant('repeats' as const), of: tie('pattern'), times: fc.integer({ min: 1, max: 1e6 }) }),
    fc.record({ kind: fc.constant('startstop' as const), of: tie('pattern'), start: TIME, stop: TIME }),
  ),
})).pattern;
