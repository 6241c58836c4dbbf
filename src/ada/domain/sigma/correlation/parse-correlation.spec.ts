import { parseCorrelation } from './parse-correlation.js';
import { readTimespan } from './timespan.js';

const correlation = (section: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  title: 'Many',
  ...more,
  correlation: { type: 'event_count', rules: ['a'], 'group-by': ['User'], timespan: '5m', condition: { gte: 3 }, ...section },
});

describe('parseCorrelation', () => {
  it('reads what the specification has', () => {
    const aliases = { ip: { a: 'src', b: 'dst' } };
    const document = correlation(
      { type: 'value_count', rules: ['a', 'b'], aliases, generate: true, condition: { field: 'User', gt: 2, lte: 9 }, 'group-by': ['ip'] },
      { id: 'x', name: 'many', author: 'Ann', license: 'DRL-1.1', level: 'high', tags: ['attack.t1110.003', 'attack.credential-access'] },
    );
    expect(parseCorrelation(document)).toMatchObject({
      id: 'x',
      name: 'many',
      author: 'Ann',
      license: 'DRL-1.1',
      level: 'high',
      techniques: ['T1110.003'],
      type: 'value_count',
      rules: ['a', 'b'],
      groupBy: ['ip'],
      timespan: 300_000,
      generate: true,
      fields: ['User'],
      threshold: [
        { operator: 'gt', than: 2 },
        { operator: 'lte', than: 9 },
      ],
    });
  });

  it('asks for all rules of a temporal correlation where it has no condition, and takes generate beside the section', () => {
    const document = correlation({ type: 'temporal', rules: ['a', 'b', 'c'], condition: undefined }, { generate: true });
    expect(parseCorrelation(document)).toMatchObject({ threshold: [{ operator: 'gte', than: 3 }], generate: true });
  });

  it.each([
    ['7s', 7_000],
    ['90m', 5_400_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['1M', 2_592_000_000],
    ['1y', 31_536_000_000],
  ])('reads a timespan of %s', (text, length) => {
    expect(readTimespan(text)).toBe(length);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ type: 'median' }, /type is not one of event_count, value_count/],
    [{ rules: [] }, /rules is missing/],
    [{ rules: ['a', 'a'] }, /names "a" twice/],
    [{ rules: [7] }, /an entry is not text/],
    [{ timespan: '5' }, /timespan is not a number and one of/],
    [{ timespan: '0s' }, /timespan is not a number and one of/],
    [{ timespan: '2y' }, /longer than a year/],
    [{ timespan: undefined }, /timespan is missing/],
    [{ group_by: ['User'] }, /"group_by" is not a member/],
    [{ condition: undefined }, /condition is missing/],
    [{ condition: 'a and b' }, /condition is not a mapping/],
    [{ condition: { field: 'User' } }, /compares with nothing/],
    [{ condition: { gte: 1, lte: 2, neq: 3 } }, /more than twice/],
    [{ condition: { gte: '3' } }, /gte is not a number/],
    [{ condition: { gte: 1.5 } }, /gte is not a whole number/],
    [{ condition: { gte: 100_001 } }, /counts beyond 100000/],
    [{ condition: { ge: 1 } }, /"ge" is not one of/],
    [{ condition: { gte: 1, field: 'User' } }, /field does not go with event_count/],
    [{ type: 'value_sum', condition: { gte: 1 } }, /field is missing, which value_sum needs/],
    [{ type: 'value_avg', condition: { gte: 1, field: ['a', 'b'] } }, /field has more than 1 entries/],
    [{ type: 'value_percentile', condition: { gte: 1, field: 'a', percentile: 101 } }, /from 0 to 100/],
    [{ type: 'temporal', condition: { gte: 2 } }, /no number of the 1 rules can meet it/],
    [{ aliases: { ip: 'src' } }, /ip is not a mapping of rules to fields/],
    [{ generate: 'yes' }, /generate is neither true nor false/],
  ])('refuses %j', (section, reason) => {
    expect(() => parseCorrelation(correlation(section))).toThrow(reason);
  });

  it('refuses a document of two kinds', () => {
    expect(() => parseCorrelation(correlation({}, { detection: {} }))).toThrow(/either a correlation or a detection/);
  });
});
