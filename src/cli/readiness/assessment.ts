/** The assessment's categories, and the points that each is worth: 100 together. */
export const CATEGORIES = { Security: 30, 'Multi-tenancy': 20, Observability: 20, Resilience: 30 } as const;

export type Category = keyof typeof CATEGORIES;

/** A claim of the assessment, with what shows that it holds. */
export interface Claim {
  readonly category: Category;
  /** Section of the assessment that makes it. */
  readonly section: string;
  readonly claim: string;
  /** Rows of docs/readiness.md that must all be done, and files of tests that must be there. */
  readonly rows: readonly string[];
  /** Checks of `gatra doctor` that may not fail where a deployment is asked; where there are no rows, one must pass. */
  readonly live: readonly string[];
}

/** What a score says. */
const RATINGS: readonly (readonly [least: number, rating: string])[] = [
  [86, 'Excellent: production ready'],
  [71, 'Good: minor gaps'],
  [51, 'Fair: some gaps'],
  [31, 'Poor: major gaps'],
  [0, 'Critical: not suitable for production'],
];

/** The rating of a score from 0 to 100. */
export function ratingOf(score: number): string {
  return RATINGS.find(([least]) => score >= least)?.[1] ?? '';
}

/** Claims of a category; rows, files and checks are separated by spaces. */
export function claimsOf(
  category: Category,
  claims: readonly (readonly [section: string, claim: string, rows: string, live?: string])[],
): readonly Claim[] {
  const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');
  return claims.map(([section, claim, rows, live = '']) => ({ category, section, claim, rows: words(rows), live: words(live) }));
}
