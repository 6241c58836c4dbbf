import type { SigmaRule } from '../sigma-rule.js';
import { linkCorrelations, type CorrelationLinks } from './link-correlations.js';
import { parseCorrelation } from './parse-correlation.js';

const rule = (id: string, more: Partial<SigmaRule> = {}): SigmaRule => ({
  id,
  title: `Title ${id}`,
  author: 'Ann',
  level: 'low',
  license: 'DRL-1.1',
  logsource: {},
  means: { categories: [], services: [] },
  falsepositives: [],
  tags: [],
  techniques: [],
  tactics: [],
  detection: { kind: 'and', of: [] },
  ...more,
});

const correlation = (id: string, rules: readonly string[], more: Record<string, unknown> = {}, section: Record<string, unknown> = {}) =>
  parseCorrelation({ title: id, id, ...more, correlation: { type: 'temporal', rules, timespan: '1m', 'group-by': ['ip'], ...section } });

const reasons = ({ refused }: CorrelationLinks): unknown[] => refused.map(({ rule: { id }, reason }) => [id, reason]);

describe('linkCorrelations', () => {
  it('finds rules by id and by name, and puts inner correlations first', () => {
    const links = linkCorrelations(
      [rule('1', { name: 'one' }), rule('2')],
      [correlation('outer', ['inner', '2']), correlation('in', ['one'], { name: 'inner' })],
    );
    expect(links.correlations.map(({ rule: { id }, inputs }) => [id, inputs.map(({ ruleId }) => ruleId)])).toEqual([
      ['in', ['1']],
      ['outer', ['in', '2']],
    ]);
    expect(links.refused).toEqual([]);
  });

  it('resolves aliases for each rule', () => {
    const aliases = { ip: { one: 'src', 2: 'dst' } };
    const { correlations } = linkCorrelations([rule('1', { name: 'one' }), rule('2')], [correlation('k', ['1', '2'], {}, { aliases })]);
    expect(correlations[0]?.inputs.map(({ groupBy }) => groupBy)).toEqual([['src'], ['dst']]);
  });

  it('has the highest level, the authors and the licences of what it refers to', () => {
    const rules = [rule('1', { level: 'medium' }), rule('2', { author: 'Bob', license: 'MIT' })];
    const { correlations } = linkCorrelations(rules, [
      correlation('k', ['1', '2']),
      correlation('l', ['2'], { author: 'Eve', level: 'high' }),
    ]);
    expect(correlations.map(({ reference: { author, level, license } }) => [author, level, license])).toEqual([
      ['Ann; Bob', 'medium', 'DRL-1.1; MIT'],
      ['Eve; Bob', 'high', 'MIT'],
    ]);
  });

  it('makes rules quiet that only serve correlations, unless one of these lets them alert', () => {
    const rules = [rule('1'), rule('2'), rule('3')];
    const links = linkCorrelations(rules, [
      correlation('k', ['1', '2']),
      correlation('l', ['2'], {}, { generate: true }),
      correlation('m', ['k', 'nobody']),
    ]);
    expect([...links.quiet]).toEqual(['1']);
  });

  it('refuses what refers to nothing, to several rules, in a circle, or to what is refused itself', () => {
    const rules = [rule('1', { name: 'same' }), rule('2', { name: 'same' }), rule('3', { name: 'three' })];
    const links = linkCorrelations(rules, [
      correlation('a', ['nobody']),
      correlation('b', ['same']),
      correlation('c', ['d']),
      correlation('d', ['c']),
      correlation('e', ['e']),
      correlation('f', ['a', '1']),
      correlation('g', ['3', 'three']),
      correlation('h', ['1'], {}, { aliases: { ip: { 2: 'dst' } } }),
    ]);
    expect(links.correlations).toEqual([]);
    expect(reasons(links)).toEqual([
      ['a', 'rules: "nobody" is neither the id nor the name of a rule that is loaded'],
      ['b', 'rules: "same" is the name of several rules (1, 2)'],
      ['d', 'rules: correlations refer to each other in a circle: "c" → "d" → "c"'],
      ['c', 'rules: "d" is a correlation that cannot be used itself'],
      ['e', 'rules: correlations refer to each other in a circle: "e" → "e"'],
      ['f', 'rules: "a" is a correlation that cannot be used itself'],
      ['g', 'rules names "Title 3" twice'],
      ['h', 'aliases: ip names "2", which is not among the rules'],
    ]);
  });

  it('is not brought down by a chain without end', () => {
    const chain = Array.from({ length: 5_000 }, (_, at) => correlation(`k${at}`, [`k${at + 1}`]));
    const links = linkCorrelations([], chain);
    expect([links.correlations.length, links.refused.length]).toEqual([0, 5_000]);
  });
});
