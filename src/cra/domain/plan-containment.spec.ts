import fc from 'fast-check';
import { ENTITY_TYPES, type Entity } from '../../contracts/entity.js';
import { incident } from '../../../test/support/containment-rig.js';
import { planContainment, targetValues, type Protections } from './plan-containment.js';
import type { Playbook } from './playbook.js';

const NOTHING = { here: [], elsewhere: [] };
const GUARDED: Protections = { criticalEntities: ['dc01'], autoContainment: false };

const playbook = (change: Partial<Playbook> = {}): Playbook => ({
  id: 'data-theft',
  title: 'Data theft',
  description: 'Cut it off.',
  when: { kinds: ['exfiltration'], min_classification: 'malicious', min_severity: 'high' },
  priority: 100,
  max_targets: 10,
  steps: [
    { action: 'notify', reason: 'Tell people.' },
    { action: 'block_ip', targets: 'ip', reason: 'Address of the theft.' },
    { action: 'isolate_host', targets: 'host', reason: 'Host of the theft.' },
  ],
  ...change,
});

describe('planning containment', () => {
  it('acts on the entities that each step is meant for, in order, and passes over what may not be touched', () => {
    const plan = planContainment(incident({ incident_id: 'i1' }), [playbook()], GUARDED, NOTHING);
    expect(plan.playbook?.id).toBe('data-theft');
    expect(plan.actions.map(({ kind, target, risk, authorization }) => [kind, target.value, risk, authorization.runs])).toEqual([
      ['notify', 'i1', 'low', 'at-once'],
      ['block_ip', '203.0.113.9', 'medium', 'after-approval'],
      ['isolate_host', 'fin-ws-07', 'high', 'after-approval'],
    ]);
  });

  it('takes the fitting playbook of the highest priority, and none where none fits', () => {
    const watch = playbook({ id: 'watch', priority: 0, when: { min_classification: 'suspicious', min_severity: 'low' } });
    const chosen = (change: Parameters<typeof incident>[0]): string | undefined =>
      planContainment(incident(change), [watch, playbook(), playbook({ id: 'a-first' })], GUARDED, NOTHING).playbook?.id;
    expect(chosen({})).toBe('a-first');
    expect(chosen({ kind: 'discovery' })).toBe('watch');
    expect(chosen({ severity: 'medium' })).toBe('watch');
    expect(chosen({ classification: 'suspicious' })).toBe('watch');
    expect(chosen({ classification: 'low_risk' })).toBeUndefined();
    expect(chosen({ status: 'closed' })).toBeUndefined();
    expect(chosen({ status: 'merged' })).toBeUndefined();
  });

  it('R50 with automatic containment everything runs at once, but never on what is critical', () => {
    const entities: Entity[] = [
      { type: 'host', value: 'dc01.acme.example' },
      { type: 'host', value: 'fin-ws-07' },
    ];
    const plan = planContainment(incident({ entities }), [playbook()], { ...GUARDED, autoContainment: true }, NOTHING);
    expect(plan.actions.map(({ target, authorization }) => [target.value, authorization.runs]).slice(1)).toEqual([
      ['dc01.acme.example', 'after-approval'],
      ['fin-ws-07', 'at-once'],
    ]);
  });

  it('never touches more entities than its bound, however often and in whatever order it is asked', () => {
    const entity = fc.record({
      type: fc.constantFrom(...ENTITY_TYPES),
      value: fc.oneof(fc.ipV4(), fc.domain(), fc.stringMatching(/^[a-z]{1,6}$/)),
    });
    fc.assert(
      fc.property(fc.array(fc.array(entity, { maxLength: 8 }), { minLength: 1, maxLength: 5 }), fc.nat(6), (rounds, bound) => {
        const playbooks = [playbook({ max_targets: bound })];
        const made: {
          kind: 'notify' | (typeof playbooks)[0]['steps'][0]['action'];
          target: { type: Entity['type'] | 'incident'; value: string };
        }[] = [];
        let entities: Entity[] = [];
        for (const more of rounds) {
          entities = [...entities, ...more];
          const grown = incident({ incident_id: 'i1', entities });
          const plan = planContainment(grown, playbooks, GUARDED, { here: made, elsewhere: [] });
          expect(planContainment(grown, playbooks, GUARDED, { here: made, elsewhere: [] })).toEqual(plan);
          made.push(...plan.actions);
          expect(planContainment(grown, playbooks, GUARDED, { here: made, elsewhere: [] }).actions).toEqual([]);
        }
        expect(made.filter(({ target }) => target.type !== 'incident').length).toBeLessThanOrEqual(bound);
        expect(new Set(made.map((action) => JSON.stringify([action.kind, action.target]))).size).toBe(made.length);
      }),
    );
  });

  it('says what it withheld', () => {
    const plan = planContainment(incident(), [playbook({ max_targets: 1 })], GUARDED, NOTHING);
    expect(plan.actions.map(({ kind }) => kind)).toEqual(['notify', 'block_ip']);
    expect(plan.withheld).toEqual([{ kind: 'isolate_host', target: { type: 'host', value: 'fin-ws-07' } }]);
  });

  it('does not plan what another incident does already, whatever the bound says of it', () => {
    const elsewhere = [
      { kind: 'block_ip' as const, target: { type: 'ip' as const, value: '203.0.113.9' }, action_id: 'theirs' },
      { kind: 'disable_user' as const, target: { type: 'user' as const, value: 'jo' }, action_id: 'not asked for' },
    ];
    const plan = planContainment(incident(), [playbook({ max_targets: 1 })], GUARDED, { here: [], elsewhere });
    expect(plan.actions.map(({ kind }) => kind)).toEqual(['notify', 'isolate_host']);
    expect(plan.covered).toEqual([elsewhere[0]]);
    expect(plan.withheld).toEqual([]);
    const asked = targetValues(incident({ incident_id: 'i1' }), [playbook()]);
    expect([...asked].sort()).toEqual(['203.0.113.9', 'fin-ws-07', 'i1']);
  });
});
