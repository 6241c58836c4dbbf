import fc from 'fast-check';
import { SEVERITIES } from '../../../contracts/severity.js';
import { CLASSIFICATIONS } from '../../../contracts/verdict.js';
import { KILL_CHAIN } from './attack-tactics.js';
import { findingsOf, mergeSummaries, summaryOf, type SummarizedAlert } from './incident-summary.js';

const alert = (more: Partial<SummarizedAlert> = {}): SummarizedAlert => ({
  event_ms: 1_000,
  severity: 'medium',
  classification: 'suspicious',
  score: 60,
  entities: [{ type: 'host', value: 'ws-17' }],
  techniques: ['T1059'],
  tactics: ['execution'],
  ...more,
});
const anyAlert = fc.record({
  event_ms: fc.nat(100),
  severity: fc.constantFrom(...SEVERITIES),
  classification: fc.constantFrom(...CLASSIFICATIONS),
  score: fc.nat(100),
  entities: fc.array(fc.record({ type: fc.constantFrom('host' as const, 'user' as const), value: fc.stringMatching(/^[a-e]{1,2}$/) }), {
    maxLength: 5,
  }),
  techniques: fc.array(fc.stringMatching(/^T[0-9]$/), { maxLength: 4 }),
  tactics: fc.array(fc.constantFrom(...KILL_CHAIN), { maxLength: 3 }),
});
const together = (...alerts: SummarizedAlert[]) => alerts.map(summaryOf).reduce(mergeSummaries);

describe('an incident’s summary', () => {
  it('comes to the same in any order', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyAlert, { minLength: 2, maxLength: 12 })
          .chain((alerts) => fc.tuple(fc.constant(alerts), fc.shuffledSubarray(alerts, { minLength: alerts.length }))),
        ([alerts, shuffled]) => {
          const half = Math.floor(shuffled.length / 2);
          expect(mergeSummaries(together(...shuffled.slice(0, half), ...shuffled.slice(half)), together(...shuffled))).toEqual(
            mergeSummaries(together(...alerts), together(...alerts)),
          );
          expect(findingsOf(together(...shuffled))).toEqual(findingsOf(together(...alerts)));
        },
      ),
    );
  });

  it('keeps the entities of the highest scores', () => {
    const many = Array.from({ length: 300 }, (_, i) => alert({ score: i, entities: [{ type: 'host', value: `h${i}` }] }));
    const { entities } = findingsOf(together(...many));
    expect(entities).toHaveLength(200);
    expect(entities[0]).toEqual({ type: 'host', value: 'h299' });
  });

  it('is more serious than its alerts after three steps in order', () => {
    const steps = ['initial-access', 'execution', 'exfiltration'].map((tactic, i) => alert({ tactics: [tactic], event_ms: i }));
    expect(findingsOf(together(...steps))).toMatchObject({ classification: 'malicious', severity: 'high', kind: 'exfiltration' });
    const backwards = steps.map((step) => ({ ...step, event_ms: -step.event_ms }));
    expect(findingsOf(together(...backwards))).toMatchObject({ classification: 'suspicious', severity: 'medium' });
    const worst = steps.map((step) => ({ ...step, severity: 'critical' as const, classification: 'critical' as const }));
    expect(findingsOf(together(...worst))).toMatchObject({ classification: 'critical', severity: 'critical' });
  });

  it('has a readable title', () => {
    const title = (...alerts: SummarizedAlert[]) => findingsOf(together(...alerts)).title;
    const at = (host: string, tactic: string, score = 60) => alert({ entities: [{ type: 'host', value: host }], tactics: [tactic], score });
    expect(title(at('ws-17', 'credential-access', 70), at('file01', 'lateral-movement'))).toBe(
      'Credential access and lateral movement on ws-17, file01',
    );
    expect(title(at('a', 'execution'), at('b', 'execution'), at('c', 'execution'))).toBe('Execution on a, b and 1 more');
    expect(title(...['execution', 'persistence', 'discovery', 'impact'].map((tactic) => at('a', tactic)))).toBe(
      'From execution to impact on a',
    );
    expect(title(alert({ tactics: [], entities: [{ type: 'user', value: 'an\u0000a\u202e' }] }))).toBe('Suspicious activity on ana');
    expect(title(alert({ tactics: [], entities: [] }))).toBe('Suspicious activity');
  });
});
