import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRuleSet } from '../../src/cli/rules/read-rule-set.js';
import { runTests } from '../../src/cli/rules/run-tests.js';
import { loadDetection } from '../../src/ada/adapters/load-detection.js';
import { createLocalDetectionAgent } from '../../src/ada/create-local-detection-agent.js';
import type { SecurityEvent } from '../../src/contracts/security-event.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { isRejection, parseEvent } from '../../src/events/parse-event.js';

const DOCUMENT = readFileSync(join(__dirname, '../../docs/detection.md'), 'utf8');
const START = Date.UTC(2026, 0, 1);

function event(index: number, account: string, more: Record<string, unknown> = {}): SecurityEvent {
  const time = new Date(START + index * 60_000).toISOString();
  const fields = { product: 'shop', action: 'login', outcome: 'failure', address: '203.0.113.9', account, '@timestamp': time, ...more };
  const parsed = parseEvent(JSON.stringify(fields), { index, declared: 'generic', receivedAt: START + 86_400_000 });
  if (isRejection(parsed)) throw new Error(parsed.detail);
  return parsed;
}

describe('the example of docs/detection.md', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-document-'));
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(DOCUMENT) ?? [];
    writeFileSync(join(folder, 'example.yml'), example);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('R02 does what is said of it', async () => {
    const detection = await loadDetection({ rules: [folder], filters: null });
    expect(detection.summarise().unsupported).toEqual([]);
    const agent = createLocalDetectionAgent(detection);
    const inspect = async (id: string, events: readonly SecurityEvent[]): Promise<unknown[]> => {
      const batch = { batch_id: id, received_at: new Date(START + 86_400_000).toISOString(), events };
      const found = await agent.inspect(toTenantId('acme-corp'), batch);
      return found.map(({ rule, severity, evidence }) => [rule.title, severity, evidence]);
    };
    const success = { outcome: 'success' };
    expect(
      await inspect(
        'a',
        ['ann', 'bob', 'ann'].map((account, at) => event(at, account)),
      ),
    ).toEqual([]);
    expect(await inspect('b', [event(3, 'eve'), event(4, 'eve', success)])).toEqual([
      ['One address fails at many accounts of the shop, and then is in', 'high', ['a.1', 'a.2', 'b.3', 'b.4']],
    ]);
    const inside = { address: '10.9.1.1' };
    expect(
      await inspect(
        'c',
        ['ann', 'bob', 'eve'].map((account, at) => event(at, account, inside)),
      ),
    ).toEqual([]);
    agent.destroy();
  });

  it('R02 shows tests that the rule beside them passes', async () => {
    const example = [...DOCUMENT.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text).find((text) => text.includes('tests:'));
    const file = join(folder, 'tested.yml');
    writeFileSync(file, example ?? '');
    const { tests, failures, unusable } = runTests(await readRuleSet([file]));
    expect({ tests, failures, unusable }).toEqual({ tests: 2, failures: [], unusable: [] });
  });

  it('R02 shows lists of placeholders that mean what is said of them', async () => {
    const [, lists = ''] = /## Placeholders[\s\S]*?```yaml\n([\s\S]*?)```/.exec(DOCUMENT) ?? [];
    const file = join(folder, 'lists.yaml');
    writeFileSync(file, lists);
    const rules = join(folder, 'placed.yml');
    const item = (name: string): string => `
title: ${name}
logsource: { product: shop }
detection: { s: { 'account|expand': '%${name}%' }, condition: s }
`;
    writeFileSync(rules, `${item('Administrators')}---${item('partner_accounts')}`);
    const detection = await loadDetection({ rules: [rules], filters: null, placeholders: file });
    expect(detection.summarise().unsupported).toEqual([]);
    const agent = createLocalDetectionAgent(detection);
    const found = async (tenant: string, account: string): Promise<string[]> => {
      const batch = { batch_id: `${tenant}.${account}`, received_at: new Date(START).toISOString(), events: [event(0, account)] };
      const all = await agent.inspect(toTenantId(tenant), batch);
      return all.flatMap(({ detector, rule }) => (detector === 'sigma' ? [rule.title] : []));
    };
    expect(await Promise.all(['adm-1', 'ada.l', 'p.jones'].map((account) => found('acme-corp', account)))).toEqual([
      [],
      ['Administrators'],
      [],
    ]);
    expect(await Promise.all(['adm-1', 'ada.l', 'p.jones'].map((account) => found('globex', account)))).toEqual([
      ['Administrators'],
      [],
      ['partner_accounts'],
    ]);
    agent.destroy();
  });
});
