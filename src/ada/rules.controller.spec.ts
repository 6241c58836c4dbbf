import type { RuleSummary } from '../contracts/rule-catalog.js';
import { toTenantId } from '../contracts/tenant.js';
import type { TenantCaller } from '../platform/auth/caller.decorator.js';
import { ANOMALY_RULE_LIST } from './domain/anomaly/anomaly-rules.js';
import { STATISTICAL_RULES } from './domain/statistical/statistical-rules.js';
import { LoadedRuleCatalog } from './loaded-rule-catalog.js';
import { RulesController } from './rules.controller.js';
import { RuleQuery } from './rules.dto.js';

const CALLER = { tenant: toTenantId('acme-corp') } as TenantCaller;

function rule(id: string, more: Partial<RuleSummary> = {}): RuleSummary {
  const { ...base } = STATISTICAL_RULES[0]!;
  return {
    ...base,
    id,
    title: `Title ${id}`,
    detector: 'sigma',
    level: 'high',
    logsource: { product: 'windows' },
    techniques: ['T1059.001'],
    ...more,
  };
}

function query(more: Partial<RuleQuery> = {}): RuleQuery {
  return Object.assign(new RuleQuery(), more);
}

describe('RulesController', () => {
  const catalog = new LoadedRuleCatalog({
    rules: [rule('r3', { level: 'low' }), rule('r1'), rule('r2', { logsource: { product: 'linux' }, techniques: ['T1110'] })],
    unsupported: [
      { path: 'b.yml', line: null, id: null, title: null, reason: 'not YAML' },
      { path: 'a.yml', line: 3, id: 'x', title: 'X', reason: 'a placeholder without values' },
    ],
  });
  const controller = new RulesController(catalog);
  const ids = async (more: Partial<RuleQuery>): Promise<string[]> => (await controller.list(CALLER, query(more))).items.map(({ id }) => id);

  it('lists the rules of Sigma, of anomalies and of statistics, by id', async () => {
    const all = await ids({});
    expect(all).toEqual([...[...ANOMALY_RULE_LIST, ...STATISTICAL_RULES].map(({ id }) => id), 'r1', 'r2', 'r3']);
  });

  it('filters', async () => {
    expect(await ids({ level: ['high'] })).toEqual(['r1', 'r2']);
    expect(await ids({ product: ['Linux', 'aws'] })).toEqual(['r2']);
    expect(await ids({ technique: ['t1059'] })).toEqual(['r1', 'r3']);
    expect(await ids({ technique: ['T1059.001'], level: ['low'] })).toEqual(['r3']);
    expect(await ids({ q: 'TITLE R2' })).toEqual(['r2']);
  });

  it('pages', async () => {
    const first = await controller.list(CALLER, query({ limit: 2, product: ['windows', 'linux'] }));
    expect(first.items.map(({ id }) => id)).toEqual(['r1', 'r2']);
    const second = await controller.list(CALLER, query({ limit: 2, product: ['windows', 'linux'], cursor: first.next_cursor! }));
    expect([second.items.map(({ id }) => id), second.next_cursor]).toEqual([['r3'], null]);
  });

  it('answers one rule, and 404 for none', async () => {
    expect(await controller.find(CALLER, 'r1')).toMatchObject({ id: 'r1', author: 'GATRA project' });
    await expect(controller.find(CALLER, 'nope')).rejects.toMatchObject({ status: 404 });
  });

  it('lists what is not in force, by path', async () => {
    const first = await controller.issues(CALLER, query({ limit: 1 }));
    expect(first.items.map(({ path }) => path)).toEqual(['a.yml']);
    const second = await controller.issues(CALLER, query({ limit: 1, cursor: first.next_cursor! }));
    expect([second.items.map(({ path }) => path), second.next_cursor]).toEqual([['b.yml'], null]);
  });
});
