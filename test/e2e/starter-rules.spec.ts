import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import type { LoadedRules } from '../../src/ada/domain/rule-source.js';
import { CorrelationDetector } from '../../src/ada/domain/sigma/correlation/correlation-detector.js';
import { SigmaEngine } from '../../src/ada/domain/sigma/sigma-engine.js';
import { EVENT_FORMATS, type EventFormat, type SecurityEvent } from '../../src/contracts/security-event.js';
import { SEVERITIES } from '../../src/contracts/severity.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { isRejection, parseEvent } from '../../src/events/parse-event.js';

type Event = Record<string, unknown>;

interface RuleTest {
  readonly rule: string;
  readonly format: EventFormat;
  readonly match: readonly Event[];
  readonly no_match: readonly Event[];
}

/** Of a correlation: sequences of events at which it fires once, and such at which it does not. */
interface CorrelationTest {
  readonly rule: string;
  readonly format: EventFormat;
  readonly fires: readonly (readonly Event[])[];
  readonly silent: readonly (readonly Event[])[];
}

const RECEIVED_AT = Date.UTC(2026, 10, 21);
const ROOT = join(__dirname, '../../config/rules');
const FILES = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((file) => file !== 'README.md')
  .sort();
const RULES = FILES.filter((file) => file.endsWith('.yml')).map((file) => file.slice(0, -'.yml'.length));
const TESTS = FILES.filter((file) => file.endsWith('.test.json')).map((file) => file.slice(0, -'.test.json'.length));
const CORRELATIONS = TESTS.filter((name) => documentOf(name)['correlation'] !== undefined);
const DETECTIONS = TESTS.filter((name) => !CORRELATIONS.includes(name));
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('starter rules', () => {
  let engine: SigmaEngine;
  let loaded: LoadedRules;

  beforeAll(async () => {
    loaded = await new RuleFiles([ROOT]).load();
    expect(loaded.unsupported).toEqual([]);
    expect(loaded.rules).toHaveLength(DETECTIONS.length);
    expect(loaded.correlations).toHaveLength(CORRELATIONS.length);
    engine = new SigmaEngine(loaded.rules);
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

  it.each(DETECTIONS)('%s matches what it should and leaves near misses alone', (name) => {
    const test = testOf(name) as RuleTest;
    const { id } = documentOf(name);
    expect(test.rule).toBe(id);
    expect(EVENT_FORMATS).toContain(test.format);
    expect(test.match.length).toBeGreaterThan(0);
    expect(test.no_match.length).toBeGreaterThan(0);
    const fires = (event: Event): boolean => engine.match(readEvent(event, test.format)).some((rule) => rule.id === id);
    expect(test.match.filter((event) => !fires(event))).toEqual([]);
    expect(test.no_match.filter(fires)).toEqual([]);
  });

  it.each(CORRELATIONS)('%s fires once where it should, and leaves near misses alone', (name) => {
    const test = testOf(name) as CorrelationTest;
    const { id } = documentOf(name);
    expect(test.rule).toBe(id);
    expect(EVENT_FORMATS).toContain(test.format);
    expect(test.fires.length).toBeGreaterThan(0);
    expect(test.silent.length).toBeGreaterThan(0);
    const firings = (events: readonly Event[]): number => {
      const detector = new CorrelationDetector({ rules: loaded.rules, correlations: loaded.correlations });
      detector.init();
      const batch = { batch_id: 'b', received_at: new Date(RECEIVED_AT).toISOString() };
      const read = events.map((event, index) => readEvent(event, test.format, index));
      return detector.inspect(toTenantId('acme-corp'), read, batch).filter(({ rule }) => rule.id === id).length;
    };
    expect(test.fires.map(firings)).toEqual(test.fires.map(() => 1));
    expect(test.silent.map(firings)).toEqual(test.silent.map(() => 0));
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

function documentOf(name: string): Event {
  return load(textOf(name)) as Event;
}

function testOf(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, `${name}.test.json`), 'utf8')) as unknown;
}

function readEvent(event: Event, declared: EventFormat, index = 0): SecurityEvent {
  const result = parseEvent(JSON.stringify(event), { index, declared, receivedAt: RECEIVED_AT });
  if (isRejection(result)) throw new Error(`${result.code}: ${result.detail}`);
  return result;
}
