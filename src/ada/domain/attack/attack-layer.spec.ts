import type { RuleSummary } from '../../../contracts/rule-catalog.js';
import type { RuleRecord } from '../scorecard/rule-record.js';
import { NO_ALERTS } from '../scorecard/rule-tally.js';
import { AttackBundleError, AttackCatalog, readAttackBundle } from './attack-catalog.js';
import { attackLayer } from './attack-layer.js';

function rule(title: string, ...techniques: string[]): RuleSummary {
  const rest = {
    id: title,
    author: `author of ${title}`,
    level: 'high',
    license: 'x',
    detector: 'sigma',
    status: 'test',
    description: '',
  } as const;
  return { ...rest, title, techniques, tactics: [], logsource: {}, falsepositives: [] };
}

function technique(id: string, name: string, more: object = {}): object {
  return {
    type: 'attack-pattern',
    id: `attack-pattern--${id}`,
    name,
    external_references: [{ source_name: 'x' }, { external_id: id }],
    ...more,
  };
}

function revokedBy(from: string, to: string): object {
  return {
    type: 'relationship',
    relationship_type: 'revoked-by',
    source_ref: `attack-pattern--${from}`,
    target_ref: `attack-pattern--${to}`,
  };
}

const CATALOG = readAttackBundle(
  JSON.stringify({
    type: 'bundle',
    objects: [
      technique('T1001', 'One'),
      technique('T1002', 'Two', { revoked: true }),
      technique('T1003.001', 'Three'),
      technique('T1004', 'Round', { revoked: true }),
      technique('T1005', 'About', { revoked: true }),
      revokedBy('T1002', 'T1003.001'),
      revokedBy('T1004', 'T1005'),
      revokedBy('T1005', 'T1004'),
      revokedBy('T1001', 'T9999'),
      { type: 'x-mitre-collection', x_mitre_version: '18.1' },
      null,
    ],
  }),
);

const VIEW = { by: 'rules', days: 30 } as const;

/** A rule's record. @param raised the days of November on which it raised an alert. */
function record(of: RuleSummary, raised: readonly number[] = [], in_force = true): RuleRecord {
  const days = raised.map((day) => ({ date: `2026-11-0${day}`, alerts: 1, matches: 2 }));
  const [first_at = null] = days.map(({ date }) => `${date}T10:00:00.000Z`);
  const last_at = days.map(({ date }) => `${date}T10:00:00.000Z`).at(-1) ?? null;
  return { rule: of, in_force, tally: { ...NO_ALERTS, alerts: days.length, matches: 2 * days.length, first_at, last_at, days } };
}

describe('attackLayer', () => {
  const records = [
    record(rule('b', 'T1001', 'T1002'), [3, 4]),
    record(rule('a', 'T1001'), [2]),
    record(rule('c', 'T1003', 'T1003.001', 'T1002')),
    record(rule('d'), [9]),
    record({ ...rule('a filter', 'T1001'), type: 'filter' }),
    record(rule('gone', 'T1001', 'T1777'), [1, 5], false),
  ];

  it('counts and names the rules of each technique, under the one that stands for it today', () => {
    const layer = attackLayer(records, CATALOG, VIEW);
    expect(layer).toMatchObject({
      name: 'GATRA rules in force',
      domain: 'enterprise-attack',
      versions: { attack: '18.1', layer: '4.5' },
      description: '4 rules, 3 techniques; 5 alerts in 30 days',
      gradient: { minValue: 0, maxValue: 2 },
    });
    expect(
      layer.techniques.map(({ techniqueID, score, comment, showSubtechniques }) => [techniqueID, score, comment, showSubtechniques]),
    ).toEqual([
      ['T1001', 2, 'One: 2 rules; 5 alerts in 30 days, the last 2026-11-05T10:00:00.000Z', false],
      ['T1003', 1, '1 rule; 0 alerts in 30 days', true],
      ['T1003.001', 2, 'Three: 2 rules; 2 alerts in 30 days, the last 2026-11-04T10:00:00.000Z', false],
    ]);
    expect(layer.techniques.map(({ metadata }) => metadata)).toEqual([
      [
        { name: 'Alerts in 30 days', value: '5' },
        { name: 'Last seen', value: '2026-11-05T10:00:00.000Z' },
        { name: 'a', value: 'author of a' },
        { name: 'b', value: 'author of b' },
        { name: 'gone (no longer in force)', value: 'author of gone' },
      ],
      [
        { name: 'Alerts in 30 days', value: '0' },
        { name: 'c', value: 'author of c' },
      ],
      [
        { name: 'Alerts in 30 days', value: '2' },
        { name: 'Last seen', value: '2026-11-04T10:00:00.000Z' },
        { name: 'b', value: 'author of b' },
        { name: 'c', value: 'author of c' },
      ],
    ]);
  });

  it('scores by what rules saw, those that are gone among them, and shows what was looked for and not seen', () => {
    const layer = attackLayer(records, CATALOG, { by: 'seen', days: 7 });
    expect(layer).toMatchObject({
      name: 'What GATRA rules saw',
      description: '4 rules, 4 techniques; 5 alerts in 7 days',
      gradient: { minValue: 0, maxValue: 5 },
    });
    expect(layer.techniques.map(({ techniqueID, score }) => [techniqueID, score])).toEqual([
      ['T1001', 5],
      ['T1003', 0],
      ['T1003.001', 2],
      ['T1777', 2],
    ]);
    expect(layer.techniques.at(-1)?.comment).toBe('0 rules; 2 alerts in 7 days, the last 2026-11-05T10:00:00.000Z');
  });

  it('names 50 rules of a technique at most', () => {
    const many = Array.from({ length: 60 }, (_, at) => record(rule(`rule ${at}`, 'T1001')));
    const [technique] = attackLayer(many, CATALOG, VIEW).techniques;
    expect(technique).toMatchObject({ score: 60, metadata: { length: 51 } });
  });

  it('knows no names and no successors without a bundle', () => {
    const { techniques, versions } = attackLayer([record(rule('a', 'T1002'))], new AttackCatalog(), VIEW);
    expect(techniques).toMatchObject([{ techniqueID: 'T1002', comment: '1 rule; 0 alerts in 30 days' }]);
    expect(versions).not.toHaveProperty('attack');
  });
});

describe('AttackCatalog', () => {
  it('leaves a technique where it is whose successors go round', () => {
    expect(['T1002', 'T1004', 'T1005', 'T1001'].map((id) => CATALOG.currentOf(id))).toEqual(['T1003.001', 'T1004', 'T1005', 'T1001']);
  });

  it.each(['{', '[]', '{"objects":{}}', '{"objects":[]}'])('refuses %s', (text) => {
    expect(() => readAttackBundle(text)).toThrow(AttackBundleError);
  });
});
