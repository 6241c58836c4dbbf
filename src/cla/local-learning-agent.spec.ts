import { describeOnEngines, type OpenedStores } from '../../test/support/store-engines.js';
import type { Feedback } from '../contracts/feedback.js';
import { toTenantId } from '../contracts/tenant.js';
import { SqliteFeedbackStore } from './adapters/sqlite-feedback-store.js';
import { LocalLearningAgent } from './local-learning-agent.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');

describeOnEngines('LocalLearningAgent', (open) => {
  let stores: OpenedStores;
  let agent: LocalLearningAgent;
  beforeAll(async () => {
    stores = await open();
    agent = new LocalLearningAgent(new SqliteFeedbackStore(stores.tenants));
  });
  afterAll(() => stores.close());

  const feedback = (id: string, parts: Partial<Feedback> = {}): Feedback => ({
    feedback_id: id,
    alert_id: `alert-${id}`,
    rule_id: 'rule-1',
    verdict: 'false_positive',
    comments: '',
    analyst: 'jo',
    at: '2026-11-21T10:00:00.000Z',
    correlation_id: 'req-1',
    ...parts,
  });

  it('R05 lowers a noisy rule’s weight for this tenant only, and once for each piece of feedback', async () => {
    const first = await agent.learn(ACME, feedback('1'));
    expect(first).toMatchObject({ rule_id: 'rule-1', false_positives: 1 });
    expect(first.weight).toBeLessThan(1);
    expect(await agent.learn(ACME, feedback('1'))).toEqual(first);
    const second = await agent.learn(ACME, feedback('2', { analyst: 'kim' }));
    expect(second.weight).toBeLessThan(first.weight);
    expect((await agent.weightOf(GLOBEX, 'rule-1')).weight).toBe(1);
    expect((await agent.weightOf(ACME, 'rule-2')).weight).toBe(1);
  });

  it('the same analyst’s later word on an alert takes the place of the earlier one', async () => {
    await agent.learn(GLOBEX, feedback('a', { alert_id: 'x' }));
    const changed = await agent.learn(GLOBEX, feedback('b', { alert_id: 'x', verdict: 'true_positive', at: '2026-11-21T11:00:00.000Z' }));
    expect(changed).toMatchObject({ true_positives: 1, false_positives: 0 });
    const late = await agent.learn(GLOBEX, feedback('c', { alert_id: 'x', at: '2026-11-21T10:30:00.000Z' }));
    expect(late).toEqual(changed);
  });

  it('R06 knows within two seconds what another process has learned', async () => {
    let now = 0;
    const here = new LocalLearningAgent(new SqliteFeedbackStore(stores.tenants), () => now);
    expect((await here.weightOf(ACME, 'rule-elsewhere')).weight).toBe(1);
    await agent.learn(ACME, feedback('elsewhere', { alert_id: 'elsewhere', rule_id: 'rule-elsewhere' }));
    now = 1_999;
    expect((await here.weightOf(ACME, 'rule-elsewhere')).weight).toBe(1);
    now = 2_000;
    expect((await here.weightOf(ACME, 'rule-elsewhere')).weight).toBeLessThan(1);
  });

  it('remembers what it learned', async () => {
    const again = new LocalLearningAgent(new SqliteFeedbackStore(stores.tenants));
    expect(await again.weightOf(ACME, 'rule-1')).toEqual(await agent.weightOf(ACME, 'rule-1'));
  });
});
