/** How a regular expression of a rule is to be read: `|re|i`, `|re|m`, `|re|s`. */
export interface PatternFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** A compiled regular expression of a rule, safe to run on text that an attacker wrote. */
export interface TextPattern {
  /** Equal for equal patterns. */
  readonly key: string;
  /**
   * Folded texts of which every matching text, folded, contains at least one; empty where there is none to be had.
   * They save running the pattern on texts that cannot match.
   */
  readonly literals: readonly string[];
  /** Instructions of its program: on a text it takes at worst as many for each character. */
  readonly size: number;
  /** True where the pattern is found anywhere in the text. */
  matches(text: string): boolean;
}

/**
 * Compiles the source of a regular expression (PCRE subset of the Sigma specification).
 * @throws SigmaError when it cannot be compiled.
 */
export type PatternCompiler = (source: string, flags: PatternFlags) => TextPattern;
