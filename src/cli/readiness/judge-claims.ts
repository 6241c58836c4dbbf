import type { Check } from '../doctor/rules/check.js';
import { CATEGORIES, ratingOf, type Category, type Claim } from './assessment.js';
import { faultsOfRow, hasAnyTest, type ReadFile, type ReadinessRow } from './readiness-rows.js';

/** A claim that was judged. */
export interface JudgedClaim extends Claim {
  /** Points that it is worth: its category's, shared among its claims. */
  readonly worth: number;
  readonly given: boolean;
  /** Tests and checks that show it; where it is not given, why not. */
  readonly because: readonly string[];
}

/** The assessment, computed. */
export interface ReadinessReport {
  /** From 0 to 100. */
  readonly score: number;
  readonly rating: string;
  readonly categories: readonly { readonly category: Category; readonly of: number; readonly points: number }[];
  readonly claims: readonly JudgedClaim[];
}

/** What claims are judged by. */
export interface Evidence {
  readonly rows: readonly ReadinessRow[];
  readonly read: ReadFile;
  /** Of a running deployment; undefined where none was asked. */
  readonly checks: readonly Check[] | undefined;
}

/** Judges every claim; the score is the sum of what is given. */
export function judgeClaims(claims: readonly Claim[], evidence: Evidence): ReadinessReport {
  const judged = claims.map((claim) =>
    judge(claim, CATEGORIES[claim.category] / claims.filter(({ category }) => category === claim.category).length, evidence),
  );
  const categories = (Object.entries(CATEGORIES) as [Category, number][]).map(([category, of]) => ({
    category,
    of,
    points: pointsOf(judged, category),
  }));
  const score = rounded(judged.reduce((sum, { given, worth }) => sum + (given ? worth : 0), 0));
  return { score, rating: ratingOf(score), categories, claims: judged };
}

function judge(claim: Claim, worth: number, evidence: Evidence): JudgedClaim {
  const lacking = [...claim.rows.flatMap((id) => lackingOfRow(id, evidence)), ...lackingLive(claim, evidence.checks)];
  if (lacking.length > 0) return { ...claim, worth, given: false, because: lacking };
  const tests = claim.rows.flatMap((id) => evidence.rows.find((row) => row.id === id)?.files ?? [id]);
  const passed = (evidence.checks ?? [])
    .filter(({ id, outcome }) => claim.live.includes(id) && outcome === 'pass')
    .map(({ id }) => `doctor ${id}`);
  return { ...claim, worth, given: true, because: [...new Set([...tests, ...passed])] };
}

function lackingOfRow(id: string, { rows, read }: Evidence): readonly string[] {
  if (id.includes('/')) return hasAnyTest(read(id) ?? '') ? [] : [`${id} has no test`];
  const row = rows.find((each) => each.id === id);
  if (!row) return [`${id} has no row`];
  if (row.state !== 'done') return [`${id} (${row.what}) is ${row.state}`];
  return faultsOfRow(row, read);
}

function lackingLive({ rows, live }: Claim, checks: readonly Check[] | undefined): readonly string[] {
  const made = (checks ?? []).filter(({ id }) => live.includes(id));
  const failed = made.filter(({ outcome }) => outcome === 'fail').map(({ id, reason }) => `doctor ${id}: ${reason}`);
  if (rows.length > 0 || failed.length > 0) return failed;
  if (made.some(({ outcome }) => outcome === 'pass')) return [];
  const [seen] = made;
  return [seen ? `doctor ${seen.id}: ${seen.reason}` : `only a deployment shows this: give its --url`];
}

function pointsOf(claims: readonly JudgedClaim[], of: Category): number {
  return rounded(claims.reduce((sum, { category, given, worth }) => sum + (given && category === of ? worth : 0), 0));
}

function rounded(points: number): number {
  return Math.round(10 * points) / 10;
}
