import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import type { LoadedRules } from '../../src/ada/domain/rule-source.js';
import type { ReadRule } from '../../src/ada/adapters/rule-reader.js';
import type { RuleTest } from '../../src/ada/domain/sigma/rule-tests/rule-test.js';
import { testCorrelation, testDetection } from '../../src/ada/domain/sigma/rule-tests/run-rule-test.js';
import { EVENT_FORMATS } from '../../src/contracts/security-event.js';
import { SEVERITIES } from '../../src/contracts/severity.js';

type Document = Record<string, unknown>;

const ROOT = join(__dirname, '../../config/rules');
const FILES = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((file) => file !== 'README.md')
  .sort();
const RULES = FILES.filter((file) => file.endsWith('.yml')).map((file) => file.slice(0, -'.yml'.length));
const CORRELATIONS = RULES.filter((name) => documentOf(name)['correlation'] !== undefined);
const DETECTIONS = RULES.filter((name) => !CORRELATIONS.includes(name));
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('starter rules', () => {
  let loaded: LoadedRules;
  const tests = new Map<string, readonly RuleTest[]>();

  beforeAll(async () => {
    const onRead = ({ path, read }: ReadRule): void => {
      if (read.kind !== 'filter') tests.set(relative(ROOT, path).slice(0, -'.yml'.length), read.tests);
    };
    loaded = await new RuleFiles([ROOT], { onRead }).load();
    expect(loaded.unsupported).toEqual([]);
    expect(loaded.rules).toHaveLength(DETECTIONS.length);
    expect(loaded.correlations).toHaveLength(CORRELATIONS.length);
  });

  it('are many, one a file', () => {
    expect(RULES.length).toBeGreaterThanOrEqual(40);
    expect(FILES).toHaveLength(RULES.length);
  });

  it('have ids and titles of their own', () => {
    const documents = RULES.map(documentOf);
    expect(new Set(documents.map(({ id }) => id)).size).toBe(RULES.length);
    expect(new Set(documents.map(({ title }) => title)).size).toBe(RULES.length);
  });

  it.each(RULES)('%s says what it is', (name) => {
    const rule = documentOf(name);
    expect(rule).toMatchObject({ author: 'GATRA project', license: 'Apache-2.0', id: expect.stringMatching(UUID_V4) as string });
    expect(['stable', 'test']).toContain(rule['status']);
    expect(SEVERITIES).toContain(rule['level']);
    expect((rule['title'] as string).length).toBeLessThanOrEqual(110);
    expect((rule['description'] as string).length).toBeGreaterThan(40);
    expect(textOf(name)).toMatch(/^date: \d{4}-\d\d-\d\d$/m);
    expect(rule['falsepositives']).toEqual(expect.arrayContaining([expect.any(String)]) as string[]);
    const tags = rule['tags'] as string[];
    expect(tags.some((tag) => /^attack\.t\d{4}(?:\.\d{3})?$/.test(tag))).toBe(true);
    expect(tags.some((tag) => /^attack\.[a-z-]+$/.test(tag))).toBe(true);
  });

  it.each(RULES)('%s says what it is for, and has near misses', (name) => {
    const found = tests.get(name) ?? [];
    expect(found.map(({ matches }) => matches)).toEqual(expect.arrayContaining([true, false]) as boolean[]);
    for (const { format } of found) expect(EVENT_FORMATS).toContain(format);
  });

  it.each(DETECTIONS)('%s matches what it should and leaves near misses alone', (name) => {
    const rule = loaded.rules.find(({ id }) => id === documentOf(name)['id']);
    if (rule === undefined) throw new Error('the rule was not loaded');
    const outcomes = (tests.get(name) ?? []).map((test) => testDetection(rule, test).faults);
    expect(outcomes.flat()).toEqual([]);
  });

  it.each(CORRELATIONS)('%s fires once where it should, and leaves near misses alone', (name) => {
    const id = documentOf(name)['id'] as string;
    const outcomes = (tests.get(name) ?? []).map((test) => [test.matches, testCorrelation(id, loaded, test)] as const);
    expect(outcomes.map(([, { found, faults }]) => ({ found, faults }))).toEqual(
      outcomes.map(([matches]) => ({ found: matches ? 1 : 0, faults: [] })),
    );
  });

  it('alert by themselves, but for those that only serve correlations', () => {
    const named = new Map([...loaded.rules, ...loaded.correlations.map(({ rule }) => rule)].map(({ id, name }) => [id, name]));
    expect([...loaded.quiet].map((id) => named.get(id) ?? id).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'windows_logon_failed_from_network',
      'windows_logon_from_network',
      'windows_password_guessing',
    ]);
  });
});

function textOf(name: string): string {
  return readFileSync(join(ROOT, `${name}.yml`), 'utf8');
}

function documentOf(name: string): Document {
  return load(textOf(name)) as Document;
}
