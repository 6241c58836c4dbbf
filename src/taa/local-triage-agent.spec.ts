import type { Alert } from '../contracts/alert.js';
import type { RuleWeight } from '../contracts/feedback.js';
import { LearningAgent } from '../contracts/learning-agent.js';
import { toTenantId } from '../contracts/tenant.js';
import type { Tenant } from '../platform/tenancy/tenant.js';
import type { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import type { Indicator } from './domain/indicator.js';
import { IndicatorMatchers } from './indicator-matchers.js';
import { LocalTriageAgent } from './local-triage-agent.js';

const TENANT = toTenantId('acme-corp');

class FixedWeights extends LearningAgent {
  constructor(private readonly weight: number) {
    super();
  }
  async learn(): Promise<RuleWeight> {
    throw new Error('not asked for');
  }
  async weightOf(_tenant: string, ruleId: string): Promise<RuleWeight> {
    return { rule_id: ruleId, weight: this.weight, true_positives: 1, false_positives: 0, benign_positives: 0 };
  }
}

const INDICATOR: Indicator = {
  indicator_id: 'i',
  source: 'api',
  external_id: 'i',
  name: 'C2',
  values: [{ type: 'ip', value: '203.0.113.7' }],
  valid_from: null,
  valid_until: null,
  confidence: 0.8,
  revoked: false,
  created_at: '',
  updated_at: '',
};

const ALERT = {
  created_at: '2026-03-02T09:00:01.000Z',
  event_time: '2026-03-02T09:00:00.000Z',
  severity: 'medium',
  rule: { id: 'r' },
  entities: [
    { type: 'host', value: 'dc01' },
    { type: 'ip', value: '203.0.113.7' },
  ],
  tactics: [],
  rarity: null,
  indicator_confidence: null,
} as unknown as Alert;

describe('LocalTriageAgent', () => {
  const tenants = {
    find: async () => ({ critical_entities: ['dc01.corp.example', 'corp\\adm.ann'] }) as unknown as Tenant,
  } as unknown as TenantDirectory;
  const store = { active: async () => [INDICATOR], revision: async () => 1 };
  const agent = new LocalTriageAgent(new IndicatorMatchers(store), tenants, new FixedWeights(1.5));

  it('gathers indicators, critical entities and the rule’s weight', async () => {
    const verdict = await agent.assess(TENANT, ALERT, { repetitions: 0, prior_tactics: ['discovery'] });
    expect(Object.fromEntries(verdict.contributions.map(({ name, points }) => [name, points]))).toEqual({
      rule_level: 38,
      entity_criticality: 12,
      intelligence: 20,
      kill_chain: 6,
      analyst_feedback: 19,
    });
    expect(verdict).toMatchObject({ score: 95, classification: 'critical', model_version: 'additive-1' });
  });

  it('knows critical users by their bare name, and nobody else', async () => {
    const about = (value: string): Alert => ({ ...ALERT, entities: [{ type: 'user', value }] });
    const points = async (value: string): Promise<string[]> =>
      (await agent.assess(TENANT, about(value), { repetitions: 0, prior_tactics: [] })).contributions.map(({ name }) => name);
    expect(await points('adm.ann')).toContain('entity_criticality');
    expect(await points('ann')).not.toContain('entity_criticality');
  });
});
