import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRejection, parseEvent } from '../../events/parse-event.js';
import { acceptsOrigin } from '../domain/sigma/logsource-routing.js';
import { readLogsources } from './logsource-files.js';

describe('the taxonomy of log sources', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logsources-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, content: unknown): Promise<void> =>
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  it('says what the names of a product mean, and nothing of those that it does not have', () => {
    const taxonomy = readLogsources();
    const sysmon = 'microsoft-windows-sysmon/operational';
    expect(taxonomy.meaningOf({ product: 'windows', category: 'process_creation' })).toEqual({
      categories: [
        { product: 'windows', channels: [sysmon], event_ids: [1] },
        { product: 'windows', channels: ['security'], event_ids: [4688] },
      ],
      services: [],
    });
    expect(taxonomy.meaningOf({ category: 'process_creation' })).toEqual({ categories: [], services: [] });
    expect(taxonomy.meaningOf({ category: 'antivirus' }).categories).toHaveLength(1);
    expect(taxonomy.meaningOf({ product: 'linux', service: 'security' })).toEqual({ categories: [], services: [] });
    expect(taxonomy.meaningOf({ service: 'sysmon' }).services).toEqual([{ product: 'windows', channels: [sysmon] }]);
    expect(taxonomy.meaningOf({ product: 'windows', category: 'constructor' })).toEqual({ categories: [], services: [] });
  });

  it('takes another directory', async () => {
    await write('acme.json', { product: 'acme', description: 'Acme', services: { all: [{ services: ['a', 'b'] }] } });
    expect(readLogsources(folder).meaningOf({ product: 'acme', service: 'all' }).services).toEqual([
      { product: 'acme', services: ['a', 'b'] },
    ]);
  });

  it('names every fault by file and place', async () => {
    await write('a.json', { product: 'acme', description: 'Acme', services: { all: [{ event_ids: [-1] }] } });
    await write('b.json', { product: 'ACME' });
    expect(() => readLogsources(folder)).toThrow(/a\.json \/services\/all\/0\/event_ids\/0[^]*b\.json \/ [^]*b\.json \/product/);
    await write('a.json', '{');
    expect(() => readLogsources(folder)).toThrow(/a\.json is not JSON/);
    await write('a.json', ' '.repeat(2 ** 20 + 1));
    expect(() => readLogsources(folder)).toThrow(/a\.json is larger than 1048576 bytes/);
  });

  it('takes names that any product may have, where their forms name products', async () => {
    const any = { description: 'Access logs', categories: { web: [{ products: ['a', 'b'], services: ['access'] }] } };
    await write('any.json', any);
    const taxonomy = readLogsources(folder);
    const [a, b] = ['a', 'b'].map((product) => ({ product, services: ['access'] }));
    expect(taxonomy.meaningOf({ category: 'web' }).categories).toEqual([a, b]);
    expect(taxonomy.meaningOf({ product: 'b', category: 'web' }).categories).toEqual([b]);
    expect(taxonomy.meaningOf({ product: 'c', category: 'web' }).categories).toEqual([]);
    await write('any.json', { ...any, categories: { web: [{ services: ['access'] }] } });
    expect(() => readLogsources(folder)).toThrow(/any\.json \/categories\/web\/0 names no products/);
  });

  it.each([
    [
      { product: 'aws', service: 'cloudtrail' },
      { eventName: 'ListUsers', eventSource: 'iam.amazonaws.com' },
    ],
    [
      { product: 'azure', service: 'signinlogs' },
      { operationName: 'Sign-in activity', category: 'NonInteractiveUserSignInLogs', resourceId: '/tenants/1' },
    ],
    [
      { product: 'azure', service: 'activitylogs' },
      { operationName: 'x/delete', category: 'Administrative', resourceId: '/subscriptions/1' },
    ],
    [
      { product: 'azure', service: 'auditlogs' },
      { product: 'azure', category: 'AuditLogs' },
    ],
    [
      { product: 'gcp', service: 'gcp.audit' },
      { logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity', protoPayload: { methodName: 'x' } },
    ],
    [
      { product: 'gcp', service: 'gcp.audit' },
      { '@timestamp': 1, event: { dataset: 'gcp.audit' } },
    ],
    [
      { product: 'gcp', service: 'google_workspace.login' },
      { '@timestamp': 1, event: { dataset: 'google_workspace.login' } },
    ],
    [
      { product: 'okta', service: 'okta' },
      { eventType: 'user.session.start', published: '2026-11-23T00:00:00Z', actor: {} },
    ],
    [
      { product: 'm365', service: 'audit' },
      { '@timestamp': 1, event: { dataset: 'o365.audit' } },
    ],
    [
      { product: 'zeek', service: 'conn' },
      { ts: 1, _path: 'conn_red' },
    ],
    [
      { product: 'zeek', service: 'smb_files' },
      { ts: 1, _path: 'smb_files' },
    ],
    [{ category: 'dns' }, { ts: 1, _path: 'dns' }],
    [{ category: 'webserver' }, { '@timestamp': 1, event: { dataset: 'nginx.access' }, host: { os: { type: 'linux' } } }],
    [{ service: 'nginx' }, { '@timestamp': 1, event: { dataset: 'nginx.error' } }],
    [{ category: 'proxy' }, { product: 'squid' }],
    [
      { product: 'linux', service: 'auditd' },
      { '@timestamp': 1, event: { dataset: 'auditd.log' } },
    ],
  ])('routes to rules of %j events such as %j, and no Windows events', (logsource, event) => {
    const rule = { logsource, means: readLogsources().meaningOf(logsource) };
    const originOf = (value: object) => {
      const parsed = parseEvent(JSON.stringify(value), { index: 0, declared: 'auto', receivedAt: 0 });
      if (isRejection(parsed)) throw new Error(parsed.detail);
      return parsed.origin;
    };
    expect(acceptsOrigin(rule, originOf(event))).toBe(true);
    expect(acceptsOrigin(rule, originOf({ Channel: 'Security', EventID: 4688 }))).toBe(false);
    expect(acceptsOrigin(rule, originOf({ product: 'acme', service: 'other' }))).toBe(false);
  });

  it('takes one file for a product, and fails where there is no directory', async () => {
    for (const name of ['a.json', 'b.json']) await write(name, { product: 'acme', description: 'Acme' });
    expect(() => readLogsources(folder)).toThrow(/b\.json \/product acme has another file/);
    expect(() => readLogsources(join(folder, 'none'))).toThrow(/cannot be read: ENOENT/);
  });
});
