import type { Check } from '../doctor/rules/check.js';
import { CATEGORIES, claimsOf, ratingOf } from './assessment.js';
import { describeReadiness } from './describe-readiness.js';
import { judgeClaims, type Evidence, type ReadinessReport } from './judge-claims.js';

const CLAIMS = [
  ...claimsOf('Security', [
    ['1.2', 'keys are hashed', 'R14 P12', 'deployment.keys'],
    ['1.3', 'a firewall', '', 'deployment.waf'],
  ]),
  ...claimsOf('Multi-tenancy', [['2.2', 'limits', 'R14']]),
  ...claimsOf('Observability', [['3.2', 'feeds', 'test/feeds.spec.ts']]),
  ...claimsOf('Resilience', [['4.2', 'circuits', 'R14']]),
];
const row = (id: string, state = 'done') => ({ id, what: `what ${id} asks`, state, files: ['a.spec.ts'] });
const GOOD: Evidence = {
  rows: [row('R14'), row('P12')],
  read: (path) => (path === 'a.spec.ts' ? "it('R14 and P12')" : "it('works', () => {"),
  checks: undefined,
};
const check = (id: string, outcome: Check['outcome']): Check => ({ id, title: '', answers: [], outcome, reason: 'so it is' });
const judged = (evidence: Partial<Evidence>): ReadinessReport => judgeClaims(CLAIMS, { ...GOOD, ...evidence });

describe('the readiness score', () => {
  it('R67 has the categories and ratings of the assessment', () => {
    expect(CATEGORIES).toEqual({ Security: 30, 'Multi-tenancy': 20, Observability: 20, Resilience: 30 });
    expect([0, 30.9, 31, 51, 71, 85.9, 86, 100].map((score) => ratingOf(score).split(':')[0])).toEqual([
      'Critical',
      'Critical',
      'Poor',
      'Fair',
      'Good',
      'Good',
      'Excellent',
      'Excellent',
    ]);
  });

  it('R67 is the sum of what is shown, and names the evidence', () => {
    const { score, claims, categories } = judged({});
    expect(score).toBe(85);
    expect(categories).toContainEqual({ category: 'Security', of: 30, points: 15 });
    expect(claims.map(({ given, because }) => [given, because])).toEqual([
      [true, ['a.spec.ts']],
      [false, ['only a deployment shows this: give its --url']],
      [true, ['a.spec.ts']],
      [true, ['test/feeds.spec.ts']],
      [true, ['a.spec.ts']],
    ]);
  });

  it.each([
    ['a row that is not done', { rows: [row('R14'), row('P12', 'partly')] }, 'P12 (what P12 asks) is partly'],
    ['a row that is gone', { rows: [row('R14')] }, 'P12 has no row'],
    ['a test that is gone', { read: () => undefined }, 'R14 points at a.spec.ts, which does not exist'],
    ['a deployment that contradicts it', { checks: [check('deployment.keys', 'fail')] }, 'doctor deployment.keys: so it is'],
  ])('R67 does not give a point for %s', (_what, evidence, reason) => {
    const { score, claims } = judged(evidence);
    expect(claims[0]).toMatchObject({ given: false });
    expect(claims[0]?.because).toContain(reason);
    expect(score).toBeLessThanOrEqual(70);
  });

  it('R67 gives what only a deployment can show where it does', () => {
    expect(judged({ checks: [check('deployment.waf', 'pass')] }).score).toBe(100);
    const { claims, score } = judged({ checks: [check('deployment.waf', 'unknown')] });
    expect([score, claims[1]?.because]).toEqual([85, ['doctor deployment.waf: so it is']]);
  });

  it('R67 prints each claim with its points and why', () => {
    const text = describeReadiness(judged({}));
    expect(text).toContain(
      'Security: 15.0 of 30\n  ok  15.00  1.2  keys are hashed: a.spec.ts\n  --  0.00  1.3  a firewall: only a deployment',
    );
    expect(text).toMatch(/85\.0 of 100, Good: minor gaps; 4 of 5 claims are shown$/);
  });
});
