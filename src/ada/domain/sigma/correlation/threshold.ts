const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

type ThresholdOperator = (typeof OPERATORS)[number];

/** What a number is compared with. */
export interface Comparison {
  readonly operator: ThresholdOperator;
  readonly than: number;
}

/** One comparison, or two that make a range: all of them must hold. */
export type Threshold = readonly Comparison[];

const WORDS: Readonly<Record<ThresholdOperator, string>> = {
  gt: 'more than',
  gte: 'at least',
  lt: 'less than',
  lte: 'at most',
  eq: 'exactly',
  neq: 'not',
};

/** Tells whether a member of a condition is a comparison. */
export function isThresholdOperator(name: string): name is ThresholdOperator {
  return (OPERATORS as readonly string[]).includes(name);
}

/** Tells whether a number is within the threshold; what is no number is not. */
export function meets(threshold: Threshold, value: number): boolean {
  if (Number.isNaN(value)) return false;
  for (const comparison of threshold) if (!compares(comparison, value)) return false;
  return true;
}

/** The largest number that the threshold names. */
export function largestOf(threshold: Threshold): number {
  return Math.max(...threshold.map(({ than }) => than));
}

/** The threshold in words: `at least 5 and less than 20`. */
export function inWords(threshold: Threshold): string {
  return threshold.map(({ operator, than }) => `${WORDS[operator]} ${than}`).join(' and ');
}

function compares({ operator, than }: Comparison, value: number): boolean {
  switch (operator) {
    case 'gt':
      return value > than;
    case 'gte':
      return value >= than;
    case 'lt':
      return value < than;
    case 'lte':
      return value <= than;
    case 'eq':
      return value === than;
    case 'neq':
      return value !== than;
  }
}
