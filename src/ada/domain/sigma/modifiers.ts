import { COMPARE_OPERATORS, type CompareOperator, TIME_PARTS, type TimePart } from './comparison.js';
import type { LiteralMode } from './expression.js';
import { SigmaError } from './sigma-error.js';

export type Encoding = 'utf16le' | 'utf16be' | 'utf16' | 'base64' | 'base64offset';

/** What the modifiers of one detection item (`CommandLine|contains|all`) ask for, once it is known that they go together. */
export interface Modifiers {
  readonly mode: LiteralMode;
  readonly all: boolean;
  readonly cased: boolean;
  readonly negated: boolean;
  readonly exists: boolean;
  readonly windash: boolean;
  readonly expand: boolean;
  readonly fieldref: boolean;
  readonly cidr: boolean;
  readonly pattern: { readonly ignoreCase: boolean; readonly multiline: boolean; readonly dotAll: boolean } | undefined;
  readonly operator: CompareOperator | undefined;
  readonly part: TimePart | undefined;
  /** In the order in which they are applied. */
  readonly encodings: readonly Encoding[];
}

const MODES: readonly LiteralMode[] = ['contains', 'startswith', 'endswith'];
const ENCODINGS = new Map<string, Encoding>([
  ['utf16le', 'utf16le'],
  ['wide', 'utf16le'],
  ['utf16be', 'utf16be'],
  ['utf16', 'utf16'],
  ['base64', 'base64'],
  ['base64offset', 'base64offset'],
]);
const PATTERN_FLAGS = ['i', 'm', 's'];
const LONG_NAMES = new Map([
  ['ignorecase', 'i'],
  ['multiline', 'm'],
  ['dotall', 's'],
]);
/** The modifiers of the specification, aliases that say the same in more letters left out. */
export const MODIFIER_NAMES: ReadonlySet<string> = new Set([
  'all',
  'cased',
  'neq',
  'exists',
  'windash',
  'expand',
  'fieldref',
  'cidr',
  're',
  ...MODES,
  ...PATTERN_FLAGS,
  ...COMPARE_OPERATORS.filter((operator) => operator !== 'eq'),
  ...TIME_PARTS,
  ...ENCODINGS.keys(),
]);
/** Modifiers that decide how a value is compared; an item has at most one of them. */
const KINDS = ['re', 'cidr', 'exists', 'fieldref', 'comparison', 'mode'];

/**
 * Reads the modifiers of a detection item.
 * @throws SigmaError when one is unknown, given twice, or does not go together with another.
 */
export function parseModifiers(names: readonly string[]): Modifiers {
  const given = new Set<string>();
  for (const written of names) {
    const name = LONG_NAMES.get(written) ?? written;
    if (!MODIFIER_NAMES.has(name)) throw new SigmaError(`unknown modifier "${written}"`);
    if (given.has(name)) throw new SigmaError(`modifier "${written}" is given twice`);
    given.add(name);
  }
  const mode = only(MODES, given);
  const operator = only(COMPARE_OPERATORS, given);
  const part = only(TIME_PARTS, given);
  const encodings = [...given].flatMap((name) => ENCODINGS.get(name) ?? []);
  checkTogether(given, encodings);
  return {
    mode: mode ?? 'equals',
    all: given.has('all'),
    cased: given.has('cased'),
    negated: given.has('neq'),
    exists: given.has('exists'),
    windash: given.has('windash'),
    expand: given.has('expand'),
    fieldref: given.has('fieldref'),
    cidr: given.has('cidr'),
    pattern: given.has('re') ? { ignoreCase: given.has('i'), multiline: given.has('m'), dotAll: given.has('s') } : undefined,
    operator: operator ?? (part === undefined ? undefined : 'eq'),
    part,
    encodings,
  };
}

function only<T extends string>(names: readonly T[], given: ReadonlySet<string>): T | undefined {
  const found = names.filter((name) => given.has(name));
  if (found.length > 1) throw new SigmaError(`modifiers ${quoted(found)} do not go together`);
  return found[0];
}

function checkTogether(given: ReadonlySet<string>, encodings: readonly Encoding[]): void {
  const kinds = kindsOf(given);
  const isReference = kinds.length === 2 && kinds.includes('fieldref') && kinds.includes('mode');
  if (kinds.length > 1 && !isReference) throw new SigmaError(`modifiers ${quoted([...given])} do not go together`);
  const flags = PATTERN_FLAGS.filter((flag) => given.has(flag));
  if (flags.length > 0 && !given.has('re')) throw new SigmaError(`modifiers ${quoted(flags)} need "re"`);
  if (given.has('exists') && given.size > 1) throw new SigmaError('modifier "exists" stands alone');
  if (kinds.every((kind) => kind === 'mode')) checkEncodings(encodings);
  else checkNothingTextual(given, encodings);
}

function kindsOf(given: ReadonlySet<string>): string[] {
  const compares = [...COMPARE_OPERATORS, ...TIME_PARTS].some((name) => given.has(name));
  const hasMode = MODES.some((name) => given.has(name));
  return KINDS.filter((kind) => (kind === 'comparison' && compares) || (kind === 'mode' && hasMode) || given.has(kind));
}

/** What is not a comparison of plain text can neither be transformed nor be told to mind case, but for a field reference. */
function checkNothingTextual(given: ReadonlySet<string>, encodings: readonly Encoding[]): void {
  if (encodings.length > 0 || given.has('windash')) {
    throw new SigmaError(`modifiers ${quoted([...given])} do not go together: only plain text can be transformed`);
  }
  if (given.has('cased') && !given.has('fieldref')) throw new SigmaError('modifier "cased" needs a comparison of text');
}

function checkEncodings(encodings: readonly Encoding[]): void {
  const base64 = encodings.findIndex((encoding) => encoding === 'base64' || encoding === 'base64offset');
  if (base64 >= 0 && base64 !== encodings.length - 1)
    throw new SigmaError(`"${encodings[base64] ?? ''}" must come after any other encoding`);
  if (encodings.length > 2 || (encodings.length === 2 && base64 < 0))
    throw new SigmaError(`modifiers ${quoted(encodings)} do not go together`);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
