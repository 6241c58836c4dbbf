/** A constant of a pattern (STIX 2.1 section 9.3). Numbers are 64-bit floats; times nanoseconds since the epoch. */
export type StixLiteral =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'binary'; readonly value: Uint8Array }
  | { readonly kind: 'time'; readonly value: bigint };

/** One step from a value to what is inside it: a property, a list's element, or each of its elements. */
export type PathStep =
  { readonly kind: 'key'; readonly name: string } | { readonly kind: 'index'; readonly index: number } | { readonly kind: 'any' };

/** `file:hashes.'SHA-256'` (section 9.7): the type of object that it starts at, and the way from there. The first step is a property. */
export interface ObjectPath {
  readonly type: string;
  readonly steps: readonly PathStep[];
}

export type OrderOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type TextOperator = 'LIKE' | 'MATCHES' | 'ISSUBSET' | 'ISSUPERSET';

/** What one object is asked (section 9.6). The operands of AND and OR are at least two. */
export type Comparison =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Comparison[] }
  | {
      readonly kind: 'order';
      readonly path: ObjectPath;
      readonly negated: boolean;
      readonly operator: OrderOperator;
      readonly value: StixLiteral;
    }
  | { readonly kind: 'in'; readonly path: ObjectPath; readonly negated: boolean; readonly values: readonly StixLiteral[] }
  | { readonly kind: 'text'; readonly path: ObjectPath; readonly negated: boolean; readonly operator: TextOperator; readonly value: string }
  | { readonly kind: 'exists'; readonly path: ObjectPath; readonly negated: boolean };

/** What a set of observations is asked (sections 9.4 and 9.5). The operands of AND, OR and FOLLOWEDBY are at least two. */
export type StixPattern =
  | { readonly kind: 'observation'; readonly comparison: Comparison }
  | { readonly kind: 'and' | 'or' | 'followedby'; readonly operands: readonly StixPattern[] }
  | { readonly kind: 'within'; readonly of: StixPattern; readonly seconds: number }
  | { readonly kind: 'repeats'; readonly of: StixPattern; readonly times: number }
  | { readonly kind: 'startstop'; readonly of: StixPattern; readonly start: bigint; readonly stop: bigint };
