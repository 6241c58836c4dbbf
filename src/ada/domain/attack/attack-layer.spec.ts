import type { RuleSummary } from '../../../contracts/rule-catalog.js';
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

describe('attackLayer', () => {
  it('counts and names the rules of each technique, under the one that stands for it today', () => {
    const layer = attackLayer(
      [
        rule('b', 'T1001', 'T1002'),
        rule('a', 'T1001'),
        rule('c', 'T1003', 'T1003.001', 'T1002'),
        rule('d'),
        { ...rule('a filter', 'T1001'), type: 'filter' },
      ],
      CATALOG,
    );
    expect(layer).toMatchObject({
      domain: 'enterprise-attack',
      versions: { attack: '18.1', layer: '4.5' },
      description: '4 rules, 3 techniques',
      gradient: { minValue: 0, maxValue: 2 },
    });
    expect(
      layer.techniques.map(({ techniqueID, score, comment, metadata, showSubtechniques }) => [
        techniqueID,
        score,
        comment,
        metadata.map(({ name }) => name),
        showSubtechniques,
      ]),
    ).toEqual([
      ['T1001', 2, 'One: 2 rules', ['a', 'b'], false],
      ['T1003', 1, '1 rule', ['c'], true],
      ['T1003.001', 2, 'Three: 2 rules', ['b', 'c'], false],
    ]);
    expect(layer.techniques[0]?.metadata[0]).toEqual({ name: 'a', value: 'author of a' });
  });

  it('knows no names and no successors without a bundle', () => {
    const { techniques, versions } = attackLayer([rule('a', 'T1002')], new AttackCatalog());
    expect(techniques).toMatchObject([{ techniqueID: 'T1002', comment: '1 rule' }]);
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
