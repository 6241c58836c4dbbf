import fc from 'fast-check';
import type { Alert } from '../../contracts/alert.js';
import { SEVERITIES } from '../../contracts/severity.js';
import { toTenantId } from '../../contracts/tenant.js';
import { CLASSIFICATIONS } from '../../contracts/verdict.js';
import { assessAlert } from './assess-alert.js';
import { type AssessmentInput, circumstancesOf } from './circumstances.js';
import { nearestFlips } from './counterfactuals.js';
import { classify, scoreCircumstances } from './score-circumstances.js';

const ALERT: Alert = {
  alert_id: 'a',
  tenant_id: toTenantId('acme-corp'),
  created_at: '2026-03-02T09:00:01.000Z',
  updated_at: '2026-03-02T09:00:01.000Z',
  event_time: '2026-03-02T09:00:00.000Z',
  title: 'Something',
  reason: 'seen',
  severity: 'high',
  status: 'new',
  assignee: null,
  detector: 'sigma',
  rule: { id: 'r', title: 'Something', author: 'A', level: 'high', license: 'x' },
  entities: [{ type: 'host', value: 'dc01' }],
  techniques: [],
  tactics: ['execution'],
  evidence: ['b.0'],
  count: 1,
  rarity: null,
  indicator_confidence: null,
  verdict: null,
  incident_id: null,
  correlation_id: 'req-1',
  version: 1,
};

function input(more: Partial<AssessmentInput> = {}, alert: Partial<Alert> = {}): AssessmentInput {
  return {
    alert: { ...ALERT, ...alert },
    context: { repetitions: 0, prior_tactics: [] },
    indicators: [],
    critical: [],
    weight: { rule_id: 'r', weight: 1, true_positives: 0, false_positives: 0, benign_positives: 0 },
    ...more,
  };
}

const TACTICS = ['execution', 'discovery', 'credential-access', 'lateral-movement', 'exfiltration', 'impact'];

const anyInput = fc
  .record({
    severity: fc.constantFrom(...SEVERITIES),
    rarity: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    indicator: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    confidences: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    repetitions: fc.nat(10_000),
    prior: fc.subarray(TACTICS),
    critical: fc.boolean(),
    weight: fc.double({ min: 0.25, max: 2, noNaN: true }),
    feedback: fc.nat(5),
  })
  .map((given) =>
    input(
      {
        context: { repetitions: given.repetitions, prior_tactics: given.prior },
        indicators: given.confidences.map((confidence, i) => ({
          indicator_id: `${i}`,
          name: `indicator ${i}`,
          source: 'api',
          confidence,
          entity: { type: 'ip', value: `203.0.113.${i}` },
        })),
        critical: given.critical ? [{ type: 'host', value: 'dc01' }] : [],
        weight: { rule_id: 'r', weight: given.weight, true_positives: given.feedback, false_positives: 0, benign_positives: 0 },
      },
      { severity: given.severity, rarity: given.rarity, indicator_confidence: given.indicator },
    ),
  );

function pointsOf(of: AssessmentInput, name: string): number {
  return assessAlert(of).contributions.find((part) => part.name === name)?.points ?? 0;
}

describe('assessAlert', () => {
  it('has contributions that add up to a score from 0 to 100, all integers', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const verdict = assessAlert(given);
        const sum = verdict.contributions.reduce((total, { points }) => total + points, 0);
        expect(sum).toBe(verdict.score);
        expect(verdict.contributions.every(({ points }) => Number.isSafeInteger(points) && !Object.is(points, -0))).toBe(true);
        expect(verdict.score).toBeGreaterThanOrEqual(0);
        expect(verdict.score).toBeLessThanOrEqual(100);
        expect(verdict.classification).toBe(classify(verdict.score));
        expect(verdict.confidence).toBeGreaterThanOrEqual(0.5);
        expect(verdict.confidence).toBeLessThanOrEqual(1);
        expect(new Set(verdict.contributions.map(({ name }) => name)).size).toBe(verdict.contributions.length);
      }),
    );
  });

  it('gives equal bytes for equal input', () => {
    fc.assert(
      fc.property(anyInput, (given) =>
        expect(JSON.stringify(assessAlert(given))).toBe(JSON.stringify(assessAlert(structuredClone(given)))),
      ),
    );
  });

  it('names changes that, when made, change the classification as they say', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const circumstances = circumstancesOf(given);
        const { classification } = scoreCircumstances(circumstances);
        const flips = nearestFlips(circumstances);
        expect(assessAlert(given).counterfactuals.map(({ change }) => change)).toEqual(flips.map(({ change }) => `if ${change}`));
        for (const flip of flips) {
          expect(scoreCircumstances(flip.circumstances).classification).toBe(flip.classification);
          expect(flip.classification).not.toBe(classification);
          const changed = Object.keys(circumstances).filter(
            (key) =>
              JSON.stringify(circumstances[key as keyof typeof circumstances]) !==
              JSON.stringify(flip.circumstances[key as keyof typeof circumstances]),
          );
          expect(changed.filter((key) => key !== 'indicatorNames')).toHaveLength(1);
        }
      }),
    );
  });

  it('finds a way up and a way down unless the class is the last one', () => {
    const middle = assessAlert(input());
    const ranks = middle.counterfactuals.map(({ classification }) => CLASSIFICATIONS.indexOf(classification));
    expect(middle.classification).toBe('suspicious');
    expect(ranks.some((rank) => rank > 2) && ranks.some((rank) => rank < 2)).toBe(true);
  });

  it('names changes that hold when they are made to the input itself', () => {
    const critical = { critical: [{ type: 'host', value: 'dc01' }] } as const;
    const verdict = assessAlert(input(critical));
    expect(verdict).toMatchObject({ classification: 'malicious', score: 67 });
    expect(verdict.counterfactuals).toEqual([
      { classification: 'critical', change: 'if the surest matching indicator had a confidence of 0.5' },
      { classification: 'suspicious', change: 'if the rarity of the event were 0.1' },
    ]);
    expect(assessAlert(input(critical, { indicator_confidence: 0.5 })).classification).toBe('critical');
    expect(assessAlert(input(critical, { rarity: 0.1 })).classification).toBe('suspicious');
  });

  it.each([
    ['informational', 'benign'],
    ['low', 'low_risk'],
    ['medium', 'suspicious'],
    ['high', 'suspicious'],
    ['critical', 'malicious'],
  ] as const)('takes a detection of %s severity alone for %s', (severity, classification) => {
    expect(assessAlert(input({}, { severity })).classification).toBe(classification);
  });

  it('raises what is rare and lowers what is common', () => {
    expect(pointsOf(input({}, { rarity: 1 }), 'rarity')).toBe(10);
    expect(pointsOf(input({}, { rarity: 0 }), 'rarity')).toBe(-10);
    expect(pointsOf(input({}, { rarity: 0.5 }), 'rarity')).toBe(0);
  });

  it('names indicators, but not what is marked TLP:RED', () => {
    const indicator = {
      indicator_id: 'i',
      name: 'n',
      source: 'partner',
      confidence: 0.9,
      entity: { type: 'domain', value: 'bad.example' },
    } as const;
    const amber = JSON.stringify(assessAlert(input({ indicators: [{ ...indicator, tlp: 'amber' }] })));
    expect(amber).toContain('known to threat intelligence: bad.example (partner)');
    const red = assessAlert(input({ indicators: [{ ...indicator, tlp: 'red' }] }));
    expect(JSON.stringify(red)).not.toMatch(/bad\.example|partner/);
    expect(red.contributions).toContainEqual(
      expect.objectContaining({ reason: 'known to threat intelligence: one marked TLP:RED (confidence 0.90)' }),
    );
  });

  it('lowers what repeats, unless it is part of a chain', () => {
    expect(pointsOf(input({ context: { repetitions: 3, prior_tactics: ['execution'] } }), 'repetition')).toBe(-8);
    expect(pointsOf(input({ context: { repetitions: 1_000_000, prior_tactics: [] } }), 'repetition')).toBe(-15);
    const chain = input({ context: { repetitions: 3, prior_tactics: ['discovery', 'discovery', 'impact'] } });
    expect([pointsOf(chain, 'repetition'), pointsOf(chain, 'kill_chain')]).toEqual([0, 12]);
  });

  it('multiplies the rule’s part by what was learned of it', () => {
    const weight = (of: number): AssessmentInput =>
      input({ weight: { rule_id: 'r', weight: of, true_positives: 0, false_positives: 4, benign_positives: 0 } });
    expect(pointsOf(weight(0.5), 'analyst_feedback')).toBe(-28);
    expect(pointsOf(weight(1.5), 'analyst_feedback')).toBe(28);
    expect(pointsOf(weight(1), 'analyst_feedback')).toBe(0);
  });

  it('takes the surest indicator and names it', () => {
    const { contributions } = assessAlert(
      input({
        indicators: [0.9, 0.4].map((confidence, i) => ({
          indicator_id: `${i}`,
          name: 'n',
          source: 'api',
          confidence,
          entity: { type: 'ip', value: `203.0.113.${i}` },
        })),
      }),
    );
    expect(contributions).toContainEqual({
      name: 'intelligence',
      points: 23,
      reason: 'known to threat intelligence: 203.0.113.0 (api), 203.0.113.1 (api) (confidence 0.90)',
    });
  });

  it('says with bounds how much was cut', () => {
    const all = input(
      { critical: [{ type: 'host', value: 'dc01' }], context: { repetitions: 0, prior_tactics: TACTICS } },
      { severity: 'critical', rarity: 1, indicator_confidence: 1 },
    );
    expect(assessAlert(all).score).toBe(100);
    expect(pointsOf(all, 'bounds')).toBeLessThan(0);
  });
});
