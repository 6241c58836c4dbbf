import { toRule } from '../../../../test/support/sigma/one-rule.js';
import type { RuleTest } from '../sigma/rule-tests/rule-test.js';
import { SampleBook } from './rule-samples.js';

const RULE = toRule({ s: { a: 'b' }, condition: 's' });
const test = (matches: boolean, events: readonly string[], name = 'a'): RuleTest => ({ name, format: 'generic', matches, events });
const detection = (...tests: readonly RuleTest[]) => ({ kind: 'detection', rule: RULE, searches: new Map(), tests }) as never;

function samplesOf(...tests: readonly RuleTest[]) {
  const book = new SampleBook();
  book.add(detection(...tests));
  return book.take()[0]?.samples;
}

describe('SampleBook', () => {
  it('takes each event of a detection rule by itself, those that it has to match first', () => {
    expect(samplesOf(test(false, ['{"n":0}'], 'no'), test(true, ['{"n":1}', '{"n":2}'], 'yes'))).toEqual([
      { test: 'yes', event: 0, matches: true, format: 'generic', texts: ['{"n":1}'] },
      { test: 'yes', event: 1, matches: true, format: 'generic', texts: ['{"n":2}'] },
      { test: 'no', event: 0, matches: false, format: 'generic', texts: ['{"n":0}'] },
    ]);
  });

  it('takes the events of a correlation together', () => {
    const book = new SampleBook();
    book.add({ kind: 'correlation', rule: { id: 'c', title: 'C' }, tests: [test(true, ['1', '2']), test(false, ['3'])] } as never);
    expect(book.take()).toMatchObject([
      { id: 'c', kind: 'correlation', samples: [{ texts: ['1', '2'] }, { texts: ['3'], matches: false }] },
    ]);
  });

  it('derives what a detection rule has to match where no test says so, and keeps what it must not', () => {
    expect(samplesOf(test(false, ['{"n":0}'], 'no'))).toEqual([
      { test: 'derived from the rule', event: 0, matches: true, format: 'generic', texts: ['{"product":"acme","a":"b"}'] },
      { test: 'no', event: 0, matches: false, format: 'generic', texts: ['{"n":0}'] },
    ]);
  });

  it('takes nothing of a rule that nothing shows to be alive', () => {
    const book = new SampleBook();
    const rule = toRule({ s: { 'a|re': 'b+' }, condition: 's' });
    book.add({ kind: 'detection', rule, searches: new Map(), tests: [test(false, ['{}'])] } as never);
    book.add({ kind: 'correlation', rule: { id: 'c', title: 'C' }, tests: [] } as never);
    expect(book.take()).toEqual([]);
  });

  it('bounds the samples of a rule and of all of them', () => {
    const many = Array.from({ length: 50 }, (_, n) => `{"n":${n}}`);
    expect(samplesOf(test(true, many), test(false, many))).toHaveLength(40);
    const large = `"${'x'.repeat(40 * 1024)}"`;
    expect(samplesOf(test(true, [large, large, '1']))?.map(({ texts }) => texts[0]?.length)).toEqual([large.length, 1]);
    const book = new SampleBook(10);
    const underived = toRule({ s: { 'a|re': 'b+' }, condition: 's' });
    for (const text of ['123456', '1234567', '1234'])
      book.add({ kind: 'detection', rule: underived, searches: new Map(), tests: [test(true, [text])] } as never);
    expect(book.take().map(({ samples }) => samples[0]?.texts[0])).toEqual(['123456', '1234']);
  });

  it('leaves out a test of a correlation that is too long to be shown in one turn', () => {
    const book = new SampleBook();
    const events = Array.from({ length: 101 }, () => '1');
    book.add({ kind: 'correlation', rule: { id: 'c', title: 'C' }, tests: [test(true, events)] } as never);
    expect(book.take()).toEqual([]);
  });
});
