import { compileOperatorPattern } from '../../../adapters/linear-pattern.js';
import { readFieldNames } from '../../../adapters/field-name-files.js';
import { readLogsources } from '../../../adapters/logsource-files.js';
import { AttackCatalog } from '../../attack/attack-catalog.js';
import { readDocument } from '../read-document.js';
import { lintRule } from './lint-rule.js';

type Fields = Readonly<Record<string, unknown>>;

const ID = '8b1b7a1e-0b5e-4a39-9b2b-6d5a3c1f0a01';
const RULE = { title: 'A', id: ID, level: 'low', logsource: { product: 'acme' }, detection: { s: { a: 1 }, condition: 's' } };
const logsources = readLogsources();
const fields = readFieldNames();
const context = { compilePattern: compileOperatorPattern, placeholders: new Map(), logsources };
const techniques = new AttackCatalog(
  new Map([
    ['T1059', 'Command and Scripting Interpreter'],
    ['T1086', 'PowerShell'],
    ['T1059.001', 'PowerShell'],
  ]),
  new Map([['T1086', 'T1059.001']]),
);

function remarks(written: Fields, catalog = techniques): readonly (readonly [string, string])[] {
  return lintRule(written, readDocument(written, context), { logsources, fields, techniques: catalog }).map(({ path, reason }) => [
    path.join('.'),
    reason,
  ]);
}

describe('lintRule', () => {
  it('has nothing to say of a rule that is in order', () => {
    expect(
      remarks({ ...RULE, tags: ['attack.t1059', 'attack.credential-access', 'attack.g0016', 'car.2013', 'cve.2021-1'], tests: null }),
    ).toEqual([]);
    expect(
      remarks({
        ...RULE,
        logsource: { product: 'windows', category: 'process_creation', definition: 'x' },
        detection: { s: { Image: 1 }, condition: 's' },
      }),
    ).toEqual([]);
    expect(remarks({ ...RULE, logsource: { product: 'linux', service: 'sshd' } })).toEqual([]);
  });

  it.each<[string, Fields, string, RegExp]>([
    ['no id', { id: undefined }, '', /^id is missing/],
    ['another id', { id: 'mine' }, 'id', /^id is not a UUID/],
    ['no level', { level: undefined }, '', /^level is missing/],
    ['an unknown member', { titel: 'x' }, 'titel', /^"titel" is not a member/],
    ['an unknown member of the log source', { logsource: { product: 'acme', x: 1 } }, 'logsource.x', /^"x" is not a member/],
    ['an unknown category', { logsource: { product: 'windows', category: 'x' } }, 'logsource.category', /category "x" of windows/],
    ['an unknown service', { logsource: { product: 'linux', service: 'x' } }, 'logsource.service', /service "x" of linux/],
    ['a search left out', { detection: { s: { a: 1 }, t: { a: 1 }, condition: 'not s' } }, 'detection.t', /no condition asks for "t"/],
    ['an unknown technique', { tags: ['attack.t1059', 'attack.t9999'] }, 'tags.1', /"attack.t9999" is no technique/],
    ['a revoked technique', { tags: ['attack.t1086'] }, 'tags.0', /was revoked: T1059.001 stands for it today/],
    [
      'a field that its events do not have',
      {
        logsource: { product: 'windows', category: 'process_creation' },
        detection: { s: [{ 'CommanLine|contains': 'x' }], condition: 's' },
      },
      'detection.s.0.CommanLine|contains',
      /^detection: no event of windows\/process_creation is known to have a field "CommanLine": did you mean "CommandLine"\?$/,
    ],
    ['no technique', { tags: ['attack.t12'] }, 'tags.0', /has neither the form/],
  ])('remarks on %s', (_what, rest, place, reason) => {
    expect(remarks({ ...RULE, ...rest })).toEqual([[place, expect.stringMatching(reason)]]);
  });

  it('leaves techniques alone where none are known', () => {
    expect(remarks({ ...RULE, tags: ['attack.t9999', 'attack.t1086'] }, new AttackCatalog())).toEqual([]);
  });

  it('looks at the fields of filters', () => {
    const { detection: _, ...rest } = RULE;
    const filter = { rules: 'any', s: { commandline: 'x' }, condition: 's' };
    expect(remarks({ ...rest, logsource: { product: 'windows', category: 'process_creation' }, filter })).toEqual([
      ['filter.s.commandline', expect.stringMatching(/^filter: .* did you mean "CommandLine"\? Upper and lower case count in names$/)],
    ]);
  });

  it('asks of correlations what belongs to them', () => {
    const { detection: _, logsource: __, level: ___, ...rest } = RULE;
    const correlation = { type: 'event_count', rules: ['a'], 'group-by': ['u'], timespan: '1m', condition: { gte: 2 } };
    expect(remarks({ ...rest, correlation })).toEqual([]);
  });
});
