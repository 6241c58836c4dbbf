import type { SecurityEvent } from '../../../../contracts/security-event.js';
import { toTenantId } from '../../../../contracts/tenant.js';
import { LogsourceTaxonomy } from '../logsource-taxonomy.js';
import { parseRule } from '../parse-rule.js';
import { SigmaDetector } from '../sigma-detector.js';
import { linkFilters } from './link-filters.js';
import { parseFilter } from './parse-filter.js';
import { RuleFilters } from './rule-filters.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const CONTEXT = {
  compilePattern: () => {
    throw new Error('not used');
  },
  placeholders: new Map(),
  logsources: new LogsourceTaxonomy([]),
};

const rule = (id: string, logsource: Record<string, string>) =>
  parseRule({ title: id, id, name: `name-${id}`, logsource, detection: { s: { tool: 'x' }, condition: 's' } }, CONTEXT);
const RULES = [rule('1', { product: 'acme', category: 'tools' }), rule('2', { product: 'acme' }), rule('3', { product: 'other' })];

const filter = (section: Record<string, unknown>, logsource: unknown = { product: 'acme' }) =>
  parseFilter({ title: 'F', id: 'f', logsource, filter: { selection: { user: 'backup' }, condition: 'selection', ...section } }, CONTEXT);

const EVENT = (user: string): SecurityEvent => ({
  index: 0,
  format: 'generic',
  origin: { key: 'acme', product: 'acme', category: 'tools' },
  time: 0,
  timeAssumed: false,
  field: (name) => ({ tool: 'x', user })[name],
  values: () => [],
  normalized: { time: '2026-01-02T03:04:05.678Z', format: 'generic' },
  entities: [],
});

describe('filter rules', () => {
  it('refer to rules by id and by name, or to all of their log source', () => {
    const targets = (rules: unknown) => linkFilters(RULES, [filter({ rules })]).filters.map((linked) => [...linked.targets]);
    expect(targets(['1', 'name-2'])).toEqual([['1', '2']]);
    expect(targets('any')).toEqual([['1', '2']]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ rules: ['nobody'] }, 'rules: "nobody" is neither the id nor the name of a rule that is loaded'],
    [{ rules: ['1', '3'] }, 'logsource is not that of "3", which it is to filter'],
  ])('that refer to %j are refused', (section, reason) => {
    expect(linkFilters(RULES, [filter(section)])).toMatchObject({ filters: [], refused: [{ reason }] });
  });

  it.each<[Record<string, unknown>, unknown, RegExp]>([
    [{}, undefined, /rules is missing/],
    [{ rules: ['1'], condition: 'other' }, { product: 'acme' }, /condition names "other"/],
    [{ rules: ['1'] }, {}, /logsource names neither/],
    [{ rules: ['1'], selection: undefined }, { product: 'acme' }, /./],
  ])('%j with log source %j are not read', (section, logsource, reason) => {
    expect(() => filter(section, logsource)).toThrow(reason);
  });

  it('R02 leave matches out: of all tenants, or of one and nobody else', () => {
    const { filters } = linkFilters(RULES, [filter({ rules: ['1'] })]);
    const found = (suppressions: RuleFilters, tenant: typeof ACME, user: string): string[] => {
      const detector = new SigmaDetector(RULES, { filters: suppressions });
      detector.init();
      return detector.inspect(tenant, [EVENT(user)]).map((detection) => detection.rule.id);
    };
    const everywhere = new RuleFilters(filters);
    const own = new RuleFilters([], new Map([[ACME, filters]]));
    expect([ACME, GLOBEX].map((tenant) => found(everywhere, tenant, 'Backup'))).toEqual([['2'], ['2']]);
    expect([ACME, GLOBEX].map((tenant) => found(own, tenant, 'backup'))).toEqual([['2'], ['1', '2']]);
    expect(found(everywhere, ACME, 'ann')).toEqual(['1', '2']);
  });

  it('ask an event once, however many rules match it', () => {
    const { filters } = linkFilters(RULES, [filter({ rules: 'any' })]);
    const suppressions = new RuleFilters([], new Map([[ACME, filters]]));
    let asked = 0;
    const event = { ...EVENT('backup'), field: () => ((asked += 1), 'backup') };
    expect(['1', '2', '1', '3'].map((id) => suppressions.leavesOut(ACME, id, event))).toEqual([true, true, true, false]);
    expect(asked).toBe(1);
    expect(suppressions.leavesOut(ACME, '1', EVENT('ann'))).toBe(false);
  });

  it('are bounded in number', () => {
    const many = Array.from({ length: 1_001 }, () => filter({ rules: ['1'] }));
    const { filters, refused } = linkFilters(RULES, many);
    expect([filters.length, refused.map(({ reason }) => reason)]).toEqual([1_000, ['there are more than 1000 filters']]);
  });
});
