/** A change of the source that breaks isolation. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** A text that must stand exactly once in a file, and what it becomes. `at` says which where it is found by its place. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly at?: number;
}

/** An expression that is the owner wherever it would be the stranger. */
export const swapped = (expression: string): string => `((${expression} as unknown) === 'globex' ? ('acme-corp' as never) : ${expression})`;
