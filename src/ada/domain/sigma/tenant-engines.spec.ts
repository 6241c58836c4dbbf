import fc from 'fast-check';
import { toEvent } from '../../../../test/support/sigma/one-rule.js';
import { compileOperatorPattern } from '../../adapters/linear-pattern.js';
import { readLogsources } from '../../adapters/logsource-files.js';
import { type TenantId, toTenantId } from '../../../contracts/tenant.js';
import { evidenceIn } from './evidence.js';
import { PlaceholderLists, type ValueLists } from './placeholder-lists.js';
import { ExpansionBudget } from './placeholders.js';
import { parseNamedRule } from './parse-rule.js';
import { SigmaDetector } from './sigma-detector.js';
import { SigmaEngine } from './sigma-engine.js';
import type { SigmaRule } from './sigma-rule.js';
import { NEVER, detectionFor } from './tenant-detection.js';
import { TenantEngines } from './tenant-engines.js';

const [ACME, GLOBEX, OTHER] = [toTenantId('acme-corp'), toTenantId('globex'), toTenantId('other')];
const logsources = readLogsources();

function listsOf(common: Record<string, string[]>, tenants: Record<string, Record<string, string[]>>): PlaceholderLists {
  const mapOf = (lists: Record<string, string[]>): ValueLists => new Map(Object.entries(lists));
  return new PlaceholderLists(mapOf(common), new Map(Object.entries(tenants).map(([tenant, lists]) => [toTenantId(tenant), mapOf(lists)])));
}

function read(detection: unknown, lists: PlaceholderLists, id = 'r', expansions = new ExpansionBudget(1_000)) {
  const document = { title: 'A rule', id, logsource: { product: 'acme' }, level: 'high', detection };
  return parseNamedRule(document, { compilePattern: compileOperatorPattern, placeholders: lists.common, lists, expansions, logsources });
}

const ruleOf = (item: Record<string, unknown>, lists: PlaceholderLists, id?: string): SigmaRule =>
  read({ s: item, condition: 's' }, lists, id).rule;
const idsOf = (rules: readonly SigmaRule[]): string[] => rules.map(({ id }) => id);

describe('rules whose placeholders have values of tenants', () => {
  const lists = listsOf({ Admins: ['root'] }, { 'acme-corp': { Admins: ['ada*'] }, globex: { Nets: ['10.0.0.0/8'], Flags: ['-enc'] } });

  it('mean the tenant’s own values to it, and the common ones to everybody else', () => {
    const engines = new TenantEngines([ruleOf({ 'user|expand': '%Admins%' }, lists, 'b'), ruleOf({ host: 'x' }, lists, 'a')]);
    const matched = (tenant: TenantId, user: string): string[] => idsOf(engines.match(tenant, toEvent({ user, host: 'x' })));
    expect([matched(ACME, 'ada.l'), matched(ACME, 'root'), matched(ACME, 'bob')]).toEqual([['a', 'b'], ['a'], ['a']]);
    for (const tenant of [GLOBEX, OTHER]) expect([matched(tenant, 'ada.l'), matched(tenant, 'root')]).toEqual([['a'], ['a', 'b']]);
  });

  it('match nobody else’s events where only one tenant has values, and negation turns none of that round', () => {
    const rules = [
      ruleOf({ 'address|expand|cidr': '%Nets%' }, lists, 'a'),
      read({ s: { user: 'x' }, f: { 'address|expand|cidr': '%Nets%' }, condition: 's and not f' }, lists, 'b').rule,
    ];
    expect(rules.map(({ detection }) => detection)).toEqual([NEVER, NEVER]);
    const engines = new TenantEngines(rules);
    const event = (address: string) => toEvent({ user: 'x', address });
    expect([idsOf(engines.match(GLOBEX, event('10.1.1.1'))), idsOf(engines.match(GLOBEX, event('192.0.2.1')))]).toEqual([['a'], ['b']]);
    expect(
      [ACME, OTHER].flatMap((tenant) => [engines.match(tenant, event('10.1.1.1')), engines.match(tenant, event('192.0.2.1'))]),
    ).toEqual([[], [], [], []]);
  });

  it('have their values go through the modifiers beside', () => {
    const engines = new TenantEngines([ruleOf({ 'line|expand|contains|windash': '%Flags%' }, lists)]);
    expect(idsOf(engines.match(GLOBEX, toEvent({ line: 'a.exe /ENC b' })))).toEqual(['r']);
    expect(engines.match(OTHER, toEvent({ line: 'a.exe /ENC b' }))).toEqual([]);
  });

  it('tell the tenant what makes them unusable for it alone, and are refused where nobody has values', () => {
    const some = listsOf({ A: ['x'] }, { 'acme-corp': { Nets: ['no network'] }, globex: { Nets: ['10.0.0.0/8'] } });
    const { rule, tenantFaults } = read({ s: { 'address|expand|cidr': '%Nets%' }, condition: 's' }, some);
    expect(tenantFaults.map(({ tenant, error }) => [tenant, error.path])).toEqual([
      ['acme-corp', ['detection', 's', 'address|expand|cidr']],
    ]);
    expect([detectionFor(rule, ACME), detectionFor(rule, OTHER)]).toEqual([NEVER, NEVER]);
    expect(detectionFor(rule, GLOBEX)).not.toEqual(NEVER);
    expect(() => ruleOf({ 'a|expand': '%Nets%', 'b|expand': '%Other%' }, some)).toThrow('placeholder %Other% has no values');
    expect(() => ruleOf({ 'a|expand': '%Nobody%' }, some)).toThrow('placeholder %Nobody% has no values');
    expect(() => ruleOf({ 'a|expand|bogus': '%A%' }, some)).toThrow('unknown modifier');
  });

  it('are bounded in the values that come of placeholders', () => {
    const budget = new ExpansionBudget(3);
    const two = listsOf({ A: ['x', 'y'] }, {});
    read({ s: { 'a|expand': '%A%' }, condition: 's' }, two, 'a', budget);
    expect(() => read({ s: { 'a|expand': '%A%' }, condition: 's' }, two, 'b', budget)).toThrow('more than 3 values in all');
    expect(() => ruleOf({ 'a|expand': '%A%'.repeat(17) }, listsOf({ A: ['x'] }, {}))).toThrow('more than 16 placeholders');
  });

  it('are rehearsed as samples are written for everybody, and are told of with the tenant’s own match', () => {
    const detector = new SigmaDetector([ruleOf({ 'user|expand': '%Admins%' }, lists)]);
    detector.init();
    const root = toEvent({ user: 'root' });
    expect([detector.inspect(ACME, [root]), detector.rehearse(ACME, [root])]).toEqual([[], [{ ruleId: 'r', event: 0, isLeftOut: false }]]);
    expect(detector.inspect(ACME, [toEvent({ user: 'ada.l' })])).toMatchObject([{ reason: 'A rule matched: user "ada.l"' }]);
  });

  it('match for each tenant what they would match if its lists were the only ones', () => {
    const all = listsOf(
      { Admins: ['ab', 'a*B'], One: ['7'] },
      { 'acme-corp': { Admins: ['x*', '12'], Two: ['b'] }, globex: { One: ['x'] } },
    );
    const key = fc
      .tuple(fc.constantFrom('f', 'g'), fc.constantFrom('', '|contains', '|startswith', '|neq'))
      .map((parts) => parts.join('|expand'));
    const item = fc.dictionary(key, fc.constantFrom('%Admins%', '%One%', '1%One%', '%Two%', 'x', '12'), { minKeys: 1, maxKeys: 2 });
    const condition = fc.constantFrom('s and t', 's or t', 's and not t', 'not s', '1 of them and not s');
    const detection = fc.record({ s: item, t: item, condition });
    const text = fc.constantFrom('ab', 'aXB', '7', 'x', 'x1', '12', 'b', '17', '');
    const event = fc.dictionary(fc.constantFrom('f', 'g'), text);
    const isUsable = (one: unknown, lists: PlaceholderLists): boolean => {
      try {
        return read(one, lists).rule !== undefined;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.array(detection, { minLength: 1, maxLength: 4 }), fc.array(event, { minLength: 1, maxLength: 5 }), (some, events) => {
        const parse = (given: PlaceholderLists): SigmaRule[] =>
          some.flatMap((one, at) => (isUsable(one, given) ? [read(one, given, `r${at}`).rule] : []));
        const engines = new TenantEngines(parse(all));
        for (const tenant of [ACME, GLOBEX, OTHER]) {
          const alone = new SigmaEngine(parse(new PlaceholderLists(all.of(tenant))));
          for (const fields of events) {
            const given = toEvent(fields);
            const found = engines.match(tenant, given);
            expect(idsOf(found)).toEqual(idsOf(alone.match(given)));
            expect(found.every(({ detection }) => evidenceIn(detection, given) !== undefined)).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
