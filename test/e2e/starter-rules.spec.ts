import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import { SigmaEngine } from '../../src/ada/domain/sigma/sigma-engine.js';
import { EVENT_FORMATS, type EventFormat, type SecurityEvent } from '../../src/contracts/security-event.js';
import { SEVERITIES } from '../../src/contracts/severity.js';
import { isRejection, parseEvent } from '../../src/events/parse-event.js';

interface RuleTest {
  readonly rule: string;
  readonly format: EventFormat;
  readonly match: readonly Record<string, unknown>[];
  readonly no_match: readonly Record<string, unknown>[];
}

const ROOT = join(__dirname, '../../config/rules');
const FILES = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((file) => file !== 'README.md')
  .sort();
const RULES = FILES.filter((file) => file.endsWith('.yml')).map((file) => file.slice(0, -'.yml'.length));
const TESTS = FILES.filter((file) => file.endsWith('.test.json')).map((file) => file.slice(0, -'.test.json'.length));
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('starter rules', () => {
  let engine: SigmaEngine;

  beforeAll(async () => {
    const { rules, unsupported } = await new RuleFiles([ROOT]).load();
    expect(unsupported).toEqual([]);
    expect(rules).toHaveLength(RULES.length);
    engine = new SigmaEngine(rules);
  });

  it('come with tests, each rule and each test a pair', () => {
    expect(RULES.length).toBeGreaterThanOrEqual(40);
    expect(TESTS).toEqual(RULES);
    expect(FILES).toHaveLength(RULES.length + TESTS.length);
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

  it.each(TESTS)('%s matches what it should and leaves near misses alone', (name) => {
    const test = testOf(name);
    const { id } = documentOf(name);
    expect(test.rule).toBe(id);
    expect(EVENT_FORMATS).toContain(test.format);
    expect(test.match.length).toBeGreaterThan(0);
    expect(test.no_match.length).toBeGreaterThan(0);
    const fires = (event: Record<string, unknown>): boolean => engine.match(read(event, test.format)).some((rule) => rule.id === id);
    expect(test.match.filter((event) => !fires(event))).toEqual([]);
    expect(test.no_match.filter(fires)).toEqual([]);
  });
});

function textOf(name: string): string {
  return readFileSync(join(ROOT, `${name}.yml`), 'utf8');
}

function documentOf(name: string): Record<string, unknown> {
  return load(textOf(name)) as Record<string, unknown>;
}

function testOf(name: string): RuleTest {
  return JSON.parse(readFileSync(join(ROOT, `${name}.test.json`), 'utf8')) as RuleTest;
}

function read(event: Record<string, unknown>, declared: EventFormat): SecurityEvent {
  const result = parseEvent(JSON.stringify(event), { index: 0, declared, receivedAt: Date.UTC(2026, 10, 21) });
  if (isRejection(result)) throw new Error(`${result.code}: ${result.detail}`);
  return result;
}
