import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toRule } from '../../../../test/support/sigma/one-rule.js';
import { RuleFiles } from '../../adapters/rule-files.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { SigmaEngine } from '../sigma/sigma-engine.js';
import type { SigmaRule } from '../sigma/sigma-rule.js';
import { deriveSample } from './derive-sample.js';

type Fields = Readonly<Record<string, unknown>>;

const RULES = join(__dirname, '../../../../config/rules');
/* The rules of SigmaHQ are not part of the project: GATRA_CONFORMANCE_DATA names the directory that holds them. */
const named = process.env['GATRA_CONFORMANCE_DATA'] ?? '';
const archive = join(resolve(named), 'sigma', 'sigmahq-rules-8eaafff1f284.tar.gz');
const present = named !== '' && existsSync(archive);

function derived(detection: Fields, rest: Fields = {}): Fields | undefined {
  const text = deriveSample(toRule(detection, rest))?.texts[0];
  return text === undefined ? undefined : (JSON.parse(text) as Fields);
}

/** Ids of the rules whose derived sample the engine of all of them does not match. */
function missed(rules: readonly SigmaRule[]): { readonly count: number; readonly missed: readonly string[] } {
  const engine = new SigmaEngine(rules);
  let count = 0;
  const missing = rules.flatMap((rule) => {
    const sample = deriveSample(rule);
    if (!sample) return [];
    count += 1;
    const event = parseEvent(sample.texts[0] ?? '', { index: 0, declared: sample.format, receivedAt: Date.UTC(2100, 0) });
    return !isRejection(event) && engine.match(event).some(({ id }) => id === rule.id) ? [] : [rule.id];
  });
  return { count, missed: missing };
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
    const { count, missed: missing } = missed(rules);
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(rules.length * 0.7);
  });

  (present ? it : it.skip)(`derives what the engine of all of SigmaHQ matches${present ? '' : ' (SKIPPED: no data)'}`, async () => {
    const { rules } = await new RuleFiles([archive]).load();
    const begun = performance.now();
    for (const rule of rules) deriveSample(rule);
    const took = performance.now() - begun;
    const { count, missed: missing } = missed(rules);
    process.stdout.write(`derived ${count} of ${rules.length} in ${Math.round(took)} ms\n`);
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(rules.length * 0.7);
  });
});
