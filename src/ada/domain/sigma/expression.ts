import type { CompareOperator, TimePart } from './comparison.js';
import type { CidrRange } from './cidr.js';
import type { TextPart } from './sigma-text.js';
import type { TextPattern } from './text-pattern.js';

export type LiteralMode = 'equals' | 'startswith' | 'endswith' | 'contains';

/** What one value of one field is asked. Literals and parts that are not `cased` are stored folded (see `foldCase`). */
export type ValueTest =
  | { readonly kind: 'literal'; readonly mode: LiteralMode; readonly text: string; readonly cased: boolean }
  | { readonly kind: 'parts'; readonly parts: readonly TextPart[]; readonly cased: boolean }
  | { readonly kind: 'pattern'; readonly pattern: TextPattern }
  | { readonly kind: 'cidr'; readonly range: CidrRange }
  | { readonly kind: 'compare'; readonly operator: CompareOperator; readonly than: number; readonly part?: TimePart }
  /** A value that is not null is there. */
  | { readonly kind: 'present' }
  /** The field is missing or null. */
  | { readonly kind: 'absent' }
  /** The field is there, be it null. */
  | { readonly kind: 'exists' }
  /** The field is not there. */
  | { readonly kind: 'missing' };

/** One field (or, with `field` undefined, every value of the event) is asked several tests; one that holds is enough. */
export interface ItemExpression {
  readonly kind: 'item';
  readonly field: string | undefined;
  readonly tests: readonly ValueTest[];
}

/** Two fields of the same event are compared. */
export interface FieldReferenceExpression {
  readonly kind: 'fieldref';
  readonly field: string;
  readonly other: string;
  readonly mode: LiteralMode;
  readonly cased: boolean;
}

/** A rule's detection, brought to a tree of boolean operators over tests. */
export type Expression =
  | ItemExpression
  | FieldReferenceExpression
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression };

/** All of the expressions; one alone stands for itself. */
export function allOf(of: readonly Expression[]): Expression {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind: 'and', of };
}

/** Any of the expressions; one alone stands for itself. */
export function anyOf(of: readonly Expression[]): Expression {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind: 'or', of };
}

/** Characters whose lower case is longer, or ASCII, or depends on what stands beside them. */
const UNEVEN = /[\u0130\u03A3\u212A]/;

/**
 * The form in which texts are compared where case does not matter: lower case, character by character, so that a text keeps its length
 * and a part of it folds as it does in the whole. The dotted capital I and the Kelvin sign stay as they are.
 */
export function foldCase(text: string): string {
  return UNEVEN.test(text) ? text.replaceAll(/[^\u0130\u212A]/gu, foldCharacter) : text.toLowerCase();
}

function foldCharacter(character: string): string {
  return character.toLowerCase();
}
