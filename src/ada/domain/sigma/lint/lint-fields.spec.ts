import { FieldTaxonomy } from './field-taxonomy.js';
import { lintFields } from './lint-fields.js';

const taxonomy = new FieldTaxonomy([{ product: 'acme', services: { log: { names: ['Path', 'User'], open: ['data'] } } }]);
const LOG = { product: 'acme', service: 'log' };

function places(detection: unknown, rest: object = {}): readonly string[] {
  return lintFields({ detection, ...rest }, 'detection', LOG, taxonomy).map(({ path }) => path.join(' > '));
}

describe('lintFields', () => {
  it('finds unknown fields wherever searches ask for them', () => {
    const detection = {
      mapping: { Path: 'a', 'Pat|contains|all': ['a', 'b'], 'data.any': 1 },
      list: [{ User: 'a' }, { Usr: 'a' }, [{ '  Usr |re': 'b' }]],
      words: ['Pat', 'Usr'],
      all: { '|all': ['Pat'] },
      condition: 'mapping or Usr',
      timeframe: '5m',
    };
    expect(places(detection)).toEqual([
      'detection > mapping > Pat|contains|all',
      'detection > list > 1 > Usr',
      'detection > list > 2 > 0 >   Usr |re',
    ]);
  });

  it('looks at the fields that others are compared with', () => {
    expect(places({ s: { 'Path|fieldref': 'User', 'User|fieldref|endswith': ['Path', 'Pth'] } })).toEqual([
      'detection > s > User|fieldref|endswith',
    ]);
  });

  it('says each time the same of the same name', () => {
    const remarks = lintFields({ detection: { s: { Pat: 1 }, t: { Pat: 2, Nothing: 3, user: 4 } } }, 'detection', LOG, taxonomy);
    expect(remarks.map(({ reason }) => reason)).toEqual([
      'detection: no event of acme/log is known to have a field "Pat": did you mean "Path"?',
      'detection: no event of acme/log is known to have a field "Pat": did you mean "Path"?',
      'detection: no event of acme/log is known to have a field "Nothing"',
      'detection: no event of acme/log is known to have a field "user": did you mean "User"? Upper and lower case count in names',
    ]);
  });

  it('leaves alone what is written in other names, and log sources whose fields are not known', () => {
    const s = { s: { Pat: 1 } };
    expect(places(s, { taxonomy: 'sigma' })).toHaveLength(1);
    expect(places(s, { taxonomy: null })).toHaveLength(1);
    expect(places(s, { taxonomy: 'of-our-own' })).toEqual([]);
    expect(lintFields({ detection: s }, 'detection', { product: 'acme', service: 'other' }, taxonomy)).toEqual([]);
  });

  it('stops at a hundred remarks', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`field${at}`, 1]));
    expect(places({ s: many })).toHaveLength(100);
  });
});
