import { join } from 'node:path';
import { missedSamples } from '../../../../test/support/sigma/missed-samples.js';
import { toRule } from '../../../../test/support/sigma/one-rule.js';
import { RuleFiles } from '../../adapters/rule-files.js';
import { deriveSample } from './derive-sample.js';

type Fields = Readonly<Record<string, unknown>>;

const RULES = join(__dirname, '../../../../config/rules');

function derived(detection: Fields, rest: Fields = {}): Fields | undefined {
  const text = deriveSample(toRule(detection, rest))?.texts[0];
  return text === undefined ? undefined : (JSON.parse(text) as Fields);
}

describe('deriveSample', () => {
  it.each<[string, Fields, Fields | undefined]>([
    ['one value of a list', { s: { a: ['b', 'c'] }, condition: 's' }, { product: 'acme', a: 'b' }],
    [
      'beginning, middle and end',
      { s: { 'a|startswith': 'x', 'a|contains|all': ['y', 'z'], 'a|endswith': 'w' }, condition: 's' },
      { product: 'acme', a: 'xy zw' },
    ],
    ['wildcards', { s: { a: 'b*c?d' }, condition: 's' }, { product: 'acme', a: 'bcxd' }],
    [
      'numbers and addresses',
      { s: { 'a|gt': 5, 'b|lt': 5, 'c|cidr': '10.0.0.0/8' }, condition: 's' },
      { product: 'acme', a: '6', b: '4', c: '10.0.0.0' },
    ],
    ['what is there, and what is not', { s: { a: '*', b: null, 'c|exists': false }, condition: 's' }, { product: 'acme', a: 'x' }],
    ['keywords', { s: ['evil'], condition: 's' }, { product: 'acme', message: 'evil' }],
    [
      'another alternative where the first is ruled out',
      { s: { a: ['b', 'c'] }, f: { a: 'b' }, condition: 's and not f' },
      { product: 'acme', a: 'c' },
    ],
    [
      'another search where the first is a pattern',
      { s: { 'a|re': 'b+' }, t: { a: 'c' }, condition: 's or t' },
      { product: 'acme', a: 'c' },
    ],
    ['nothing for a pattern', { s: { 'a|re': 'b+' }, condition: 's' }, undefined],
    ['nothing for a comparison of fields', { s: { 'a|fieldref': 'b' }, condition: 's' }, undefined],
    ['nothing for what cannot be', { s: { a: 'b' }, condition: 's and not s' }, undefined],
    ['nothing for too much', { s: { 'a|contains|all': Array.from({ length: 900 }, (_, n) => `word-${n}-x`) }, condition: 's' }, undefined],
  ])('derives %s', (_, detection, event) => {
    expect(derived(detection)).toEqual(event);
  });

  it('derives events of Windows for Windows, of the channel and id that the log source means', () => {
    const logsource = { product: 'windows', category: 'process_creation' };
    const rule = toRule({ s: { 'Image|endswith': '\\evil.exe' }, condition: 's' }, { logsource });
    expect(deriveSample(rule)).toMatchObject({ format: 'windows', matches: true });
    expect(derived({ s: { 'Image|endswith': '\\evil.exe' }, condition: 's' }, { logsource })).toMatchObject({
      EventID: 1,
      Image: '\\evil.exe',
    });
    const security = { logsource: { product: 'windows', service: 'security' } };
    expect(derived({ s: { EventID: 4720 }, condition: 's' }, security)).toEqual({ EventID: '4720', Channel: 'security' });
  });

  it('derives what the engine of all starter rules matches', async () => {
    const { rules } = await new RuleFiles([RULES]).load();
    const { count, missed: missing } = missedSamples(rules);
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(rules.length * 0.7);
  });
});
