/** Why a part of a rule's detection holds in an event, or does not. */
export type Explanation = ItemExplanation | JoinExplanation;

/** One field, or every value of the event, against what the rule asks of it. */
export interface ItemExplanation {
  readonly kind: 'item';
  /** Name of the search that this is all of, where it is. */
  readonly search?: string;
  readonly holds: boolean;
  /** Of the rule; `any field` where every value is asked. */
  readonly field: string;
  /** What is asked, the first 20 of it; one that holds is enough. */
  readonly asks: readonly { readonly asked: string; readonly holds: boolean }[];
  /** How many more are asked, and are not shown. */
  readonly more: number;
  /** The field's values in the event, the first few and the beginning of each; empty where it is not there. For `any field` the value that was found. */
  readonly seen: readonly string[];
}

/** Parts of which all (`and`), any (`or`) or the one not (`not`) must hold. Every part is shown, those too that no longer matter. */
export interface JoinExplanation {
  readonly kind: 'and' | 'or' | 'not';
  /** Name of the search that this is all of, where it is. */
  readonly search?: string;
  readonly holds: boolean;
  readonly of: readonly Explanation[];
}

/** Why a rule matches an event, or does not. */
export interface RuleExplanation {
  readonly matches: boolean;
  readonly logsource: {
    /** Whether the rule means events of this origin. */
    readonly holds: boolean;
    /** In the rule's words. */
    readonly asked: Readonly<Record<string, string>>;
    /** Where the event comes from. */
    readonly seen: Readonly<Record<string, string | number>>;
  };
  readonly detection: Explanation;
}
