import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRejection, parseEvent } from '../../events/parse-event.js';
import type { ProductFields } from '../domain/sigma/lint/field-taxonomy.js';
import { readFieldNames } from './field-name-files.js';
import { readLogsources } from './logsource-files.js';

const DIRECTORY = 'config/logsources/fields';

describe('the names of fields', () => {
  const files = readdirSync(DIRECTORY).map((file) => JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8')) as ProductFields);
  const sourcesOf = ({ categories = {}, services = {} }: ProductFields): string[] => [
    ...Object.keys(categories).map((name) => `category ${name}`),
    ...Object.keys(services).map((name) => `service ${name}`),
  ];
  const taxonomy = readFieldNames();

  it('belong to log sources that mean something', () => {
    const logsources = readLogsources();
    const unknown = files.flatMap(({ product, ...file }) =>
      product === undefined
        ? []
        : sourcesOf(file).filter((source) => {
            const [kind = '', name = ''] = source.split(' ');
            return logsources.unknownIn({ product, [kind]: name }).length > 0;
          }),
    );
    expect(unknown).toEqual([]);
  });

  it('are like those of log sources that there are', () => {
    const sources = new Set(files.flatMap(sourcesOf));
    const lists = files.flatMap(({ categories = {}, services = {} }) => [...Object.values(categories), ...Object.values(services)]);
    const liked = lists.flatMap(({ like = [] }) => like);
    expect(liked.length).toBeGreaterThan(10);
    expect(liked.filter((source) => !sources.has(source))).toEqual([]);
  });

  it.each([
    [
      { product: 'windows', category: 'process_creation' },
      { EventID: 4688, Channel: 'Security', NewProcessName: 'a', ParentProcessName: 'b' },
      'Image ParentImage',
    ],
    [
      { product: 'zeek', service: 'dns' },
      { _path: 'dns', ts: 1, id_orig_h: '10.0.0.1', id_resp_p: 53, query: 'a' },
      'id.orig_h id.resp_p query',
    ],
    [
      { product: 'gcp', service: 'gcp.audit' },
      { logName: 'projects/a/logs/cloudaudit.googleapis.com%2Factivity', protoPayload: { methodName: 'a', serviceName: 'b' } },
      'gcp.audit.method_name gcp.audit.service_name protoPayload.methodName',
    ],
    [
      { product: 'linux', service: 'auditd' },
      { message: 'type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="cat" a1="x"' },
      'type argc a0 a1',
    ],
    [
      { product: 'linux', category: 'process_creation' },
      {
        '@timestamp': '2026-01-01T00:00:00Z',
        ecs: { version: '8' },
        process: { executable: 'a', command_line: 'b', parent: { executable: 'c' } },
      },
      'Image CommandLine ParentImage process.command_line',
    ],
  ])('are those that rules find in events of %j', (logsource, event, names) => {
    const parsed = parseEvent(JSON.stringify(event), { index: 0, declared: 'auto', receivedAt: 0 });
    const known = taxonomy.fieldsOf(logsource);
    for (const name of names.split(' ')) {
      expect([name, isRejection(parsed) ? undefined : parsed.field(name)]).toEqual([name, expect.anything()]);
      expect([name, known?.has(name)]).toEqual([name, true]);
    }
  });

  it.each([
    [{ product: 'windows', category: 'file_event' }, 'CommandLine'],
    [{ product: 'windows', category: 'process_creation' }, 'user'],
    [{ product: 'windows', service: 'security' }, 'TicketOption'],
    [{ product: 'aws', service: 'cloudtrail' }, 'eventname'],
    [{ product: 'zeek', service: 'http' }, 'c-uri'],
    [{ category: 'proxy' }, 'c_uri'],
  ])('of %j leave out %s', (logsource, name) => {
    const known = taxonomy.fieldsOf(logsource);
    expect([known === undefined, known?.has(name)]).toEqual([false, false]);
  });

  it('are checked, and every fault is named by file and place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fields-'));
    try {
      await writeFile(
        join(folder, 'a.json'),
        JSON.stringify({ product: 'acme', description: 'A', services: { log: { like: ['process'] } } }),
      );
      await writeFile(join(folder, 'b.json'), JSON.stringify({ description: 'B', fields: { names: ['a', 'a'] }, categories: { x: {} } }));
      expect(() => readFieldNames(folder)).toThrow(
        /a\.json \/services\/log\/like\/0 [^]*b\.json \/fields\/names [^]*b\.json \/categories\/x /,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
