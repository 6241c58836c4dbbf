import type { ReadinessReport } from './judge-claims.js';

/** The report for people: each point with what shows it, or why it is not given. */
export function describeReadiness({ score, rating, categories, claims }: ReadinessReport): string {
  const blocks = categories.flatMap(({ category, of, points }) => [
    `${category}: ${points.toFixed(1)} of ${of}`,
    ...claims
      .filter((claim) => claim.category === category)
      .map(
        ({ section, claim, worth, given, because }) =>
          `  ${given ? 'ok' : '--'}  ${(given ? worth : 0).toFixed(2)}  ${section}  ${claim}: ${because.join(given ? ', ' : '; ')}`,
      ),
    '',
  ]);
  const missing = claims.filter(({ given }) => !given);
  return [...blocks, `${score.toFixed(1)} of 100, ${rating}; ${claims.length - missing.length} of ${claims.length} claims are shown`].join(
    '\n',
  );
}
