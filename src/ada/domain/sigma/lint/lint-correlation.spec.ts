import { parseCorrelation } from '../correlation/parse-correlation.js';
import { linkCorrelations } from '../correlation/link-correlations.js';
import type { Fields } from '../fields.js';
import { LogsourceTaxonomy } from '../logsource-taxonomy.js';
import { parseRule } from '../parse-rule.js';
import { FieldTaxonomy } from './field-taxonomy.js';
import { lintCorrelation } from './lint-correlation.js';

const taxonomy = new FieldTaxonomy([
  { product: 'acme', services: { log: { names: ['Path', 'User'], open: [] }, net: { names: ['Host'], open: [] } } },
]);

const CONTEXT = {
  compilePattern: () => {
    throw new Error('not used');
  },
  placeholders: new Map(),
  logsources: new LogsourceTaxonomy([]),
};

function detection(id: string, service: string, rest: Fields = {}): Fields {
  const searches = { s: { Any: 1 }, condition: 's' };
  return { title: `Rule ${id}`, id, name: id, logsource: { product: 'acme', service }, detection: searches, ...rest };
}

function remarks(correlation: Fields, documents: readonly Fields[] = [detection('a', 'log'), detection('b', 'net')]) {
  const written = {
    title: 'C',
    id: 'c',
    correlation: { type: 'event_count', rules: ['a'], timespan: '5m', condition: { gte: 2 }, ...correlation },
  };
  const read = documents.map((document) => ({ rule: parseRule(document, CONTEXT), written: document }));
  const { correlations, refused } = linkCorrelations(
    read.map(({ rule }) => rule),
    [parseCorrelation(written)],
  );
  expect(refused).toEqual([]);
  return correlations.flatMap((linked) => lintCorrelation(linked, written, new Map(read.map((one) => [one.rule.id, one])), taxonomy));
}

const places = (correlation: Fields, documents?: readonly Fields[]): readonly string[] =>
  remarks(correlation, documents).map(({ path }) => path.join(' > '));

describe('lintCorrelation', () => {
  it('finds fields that events cannot be grouped by, and says of which rule', () => {
    expect(remarks({ 'group-by': ['User', 'Pat'] })).toEqual([
      {
        path: ['correlation', 'group-by', 1],
        reason:
          'correlation: what "Rule a" matches is never counted: no event of acme/log is known to have a field "Pat": did you mean "Path"?',
      },
    ]);
    expect(places({ 'group-by': 'Usr' })).toEqual(['correlation > group-by']);
    expect(places({ rules: ['a', 'b'], 'group-by': ['User', 'Host'] })).toEqual([
      'correlation > group-by > 1',
      'correlation > group-by > 0',
    ]);
  });

  it('finds fields whose values cannot be counted, wherever they stand', () => {
    const count = { type: 'value_count', 'group-by': ['User'] };
    expect(places({ ...count, condition: { gte: 2, field: 'Pth' } })).toEqual(['correlation > condition > field']);
    expect(places({ ...count, condition: { gte: 2, field: ['Path', 'Pth'] } })).toEqual(['correlation > condition > field > 1']);
    expect(places({ ...count, field: 'Pth' })).toEqual(['correlation > field']);
    expect(places({ ...count, condition: { gte: 2, field: 'Path' } })).toEqual([]);
  });

  it('looks at what an alias stands for, rule by rule', () => {
    const aliased = { rules: ['a', 'b'], 'group-by': ['who'] };
    expect(places({ ...aliased, aliases: { who: { a: 'User', b: 'Host' } } })).toEqual([]);
    const wrong = remarks({ ...aliased, aliases: { who: { a: 'User', b: 'User' } } });
    expect(wrong.map(({ path }) => path)).toEqual([['correlation', 'aliases', 'who']]);
    expect(wrong[0]?.reason).toContain('what "Rule b" matches is never counted: no event of acme/net is known to have a field "User"');
    expect(places({ ...aliased, aliases: { who: { a: 'User' } } })).toEqual(['correlation > aliases > who']);
  });

  it('leaves alone rules in other names, and log sources whose fields are not known', () => {
    expect(places({ 'group-by': ['Pat'] }, [detection('a', 'log', { taxonomy: 'of-our-own' })])).toEqual([]);
    expect(places({ 'group-by': ['Pat'] }, [detection('a', 'other')])).toEqual([]);
  });

  it('stops at a hundred remarks', () => {
    const documents = Array.from({ length: 60 }, (_, at) => detection(`r${at}`, 'log'));
    expect(places({ rules: documents.map(({ name }) => String(name)), 'group-by': ['Pat', 'Usr'] }, documents)).toHaveLength(100);
  });
});
