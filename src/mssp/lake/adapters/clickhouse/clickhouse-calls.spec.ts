import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { Certificates } from '../../../../../test/support/certificates.js';
import { policiesWith } from '../../../../../test/support/outbound-policies.js';
import { toTenantId } from '../../../../contracts/tenant.js';
import { ClickHouseCalls, type ClickHouseServerSettings } from './clickhouse-calls.js';
import { clickHouseDependency } from './clickhouse-dependency.js';

const TENANT = toTenantId('acme');
const ONE = { text: 'SELECT {n:UInt8}', values: { n: 1 }, rows: 1 };
const IMPATIENT = { OUTBOUND_CLICKHOUSE_ATTEMPT_TIMEOUT: '0.2' };
const QUICK = { RETRY_CLICKHOUSE_BASE_DELAY: '0.01', RETRY_CLICKHOUSE_MAX_ATTEMPTS: '2' };

describe('calls to ClickHouse', () => {
  const open: (ClickHouseCalls | Server)[] = [];
  const callsTo = async (server: Server, settings: Partial<ClickHouseServerSettings> = {}, env = {}): Promise<ClickHouseCalls> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `${server instanceof SecureServer ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const calls = new ClickHouseCalls(
      { url, username: 'gatra', password: 'hunter2', ...settings },
      clickHouseDependency(policiesWith({ ...QUICK, ...env })),
    );
    open.push(calls, server);
    return calls;
  };
  const answering = (answer: RequestListener): Server => createServer(answer);

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const each of open.splice(0)) await each.close();
  });

  it('read within bounds, with values apart from the text', async () => {
    const asked: URLSearchParams[] = [];
    const bodies: string[] = [];
    const server = answering((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://localhost').searchParams);
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())).on('end', () => response.end('[1]\n'));
    });
    const calls = await callsTo(server);
    expect(await calls.rows(ONE, TENANT)).toEqual([[1]]);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      param_n: '1',
      readonly: '2',
      max_execution_time: '30',
      max_result_rows: '1',
      max_result_bytes: String(1024 ** 3),
      wait_end_of_query: '1',
    });
    expect(bodies).toEqual([expect.stringContaining('SELECT {n:UInt8}')]);
  });

  it('leave nothing behind of a tenant that is forgotten', async () => {
    const server = answering((request, response) => void request.resume().on('end', () => response.end('[1]\n')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const dependency = clickHouseDependency(policiesWith(QUICK));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const calls = new ClickHouseCalls({ url, username: 'gatra', password: 'hunter2' }, dependency);
    open.push(calls, server);
    await calls.rows(ONE, TENANT);
    await calls.rows(ONE, toTenantId('globex'));
    calls.forget(TENANT);
    expect(dependency.circuits.closed).toBe(1);
  });

  it('write what is answered once it is there, and nothing of it is in a URL', async () => {
    const asked: URLSearchParams[] = [];
    const server = answering((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://localhost').searchParams);
      request.resume().on('end', () => response.end());
    });
    const calls = await callsTo(server);
    await calls.insert({ table: '`gatra_acme`.events', columns: ['raw'], rows: [['an event']] }, TENANT);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      query: 'INSERT INTO `gatra_acme`.events (raw) FORMAT JSONCompactEachRow',
      async_insert: '0',
      wait_end_of_query: '1',
    });
    expect(String(asked[0])).not.toMatch(/an.event|hunter2/);
  });

  it('speak to a server whose certificate is signed by the one given, and to no other', async () => {
    const certificates = new Certificates();
    const { cert, key } = certificates.make();
    const serve = (): Server => createSecureServer({ cert, key }, (_, response) => void response.end('[1]\n'));
    expect(await (await callsTo(serve(), { ca: cert })).rows(ONE)).toEqual([[1]]);
    await expect((await callsTo(serve())).rows(ONE)).rejects.toMatchObject({
      name: 'ClickHouseFault',
      message: expect.stringContaining('SELF_SIGNED') as string,
    });
    certificates.remove();
  });

  it('are made again where what answers is not ClickHouse, and say nothing of its answer', async () => {
    let calls = 0;
    const asking = await callsTo(answering((_, response) => void response.writeHead(502).end(`hunter2 ${++calls}`)));
    await expect(asking.rows(ONE, TENANT)).rejects.toMatchObject({ name: 'ClickHouseFault', message: 'ClickHouse cannot be used' });
    expect(calls).toBe(2);
  });

  it('end in time where nothing is answered, or only a part', async () => {
    const silent = await callsTo(
      answering(() => undefined),
      {},
      IMPATIENT,
    );
    await expect(silent.rows(ONE, TENANT)).rejects.toMatchObject({ name: 'OutboundUnavailable', reason: 'timeout' });
    const half = await callsTo(
      answering((_, response) => void response.write('[1')),
      {},
      IMPATIENT,
    );
    await expect(half.rows(ONE, TENANT)).rejects.toMatchObject({ name: 'OutboundUnavailable', reason: 'timeout' });
  });

  it('print nothing', async () => {
    const printed = [jest.spyOn(console, 'error'), jest.spyOn(console, 'warn'), jest.spyOn(console, 'log')];
    const calls = await callsTo(answering((_, response) => void response.writeHead(500).end('Code: 27. DB::Exception: x (CANNOT_PARSE)')));
    await expect(calls.rows(ONE, TENANT)).rejects.toMatchObject({ name: 'LakeRefused' });
    for (const each of printed) expect(each).not.toHaveBeenCalled();
  });
});
