import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { BigQueryLake } from '../../src/mssp/lake/adapters/bigquery/bigquery-lake.js';
import type { BigQuerySettings, LakeWriterKind } from '../../src/mssp/lake/adapters/bigquery/bigquery-settings.js';
import { EVENTS } from '../../src/mssp/lake/adapters/bigquery/lake-tables.js';
import type { LakeEvent } from '../../src/mssp/lake/domain/lake-event.js';
import type { OutboundPolicies } from '../../src/platform/resilience/outbound-policies.js';
import { eventLakeContract } from '../contract/event-lake.contract.js';
import { ARRIVAL, lakeEvent } from '../contract/event-lake-fixtures.js';
import { BigQueryServer, missingBigQuery, PROJECT } from '../support/bigquery-server.js';
import { describeUnless } from '../support/describe-unless.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { policiesWith } from '../support/outbound-policies.js';

const WRITERS: readonly LakeWriterKind[] = ['storage-write', 'insert-all'];
const IMPATIENT = { RETRY_BIGQUERY_MAX_ATTEMPTS: '1', CIRCUIT_BREAKER_BIGQUERY_FAILURE_THRESHOLD: '1000' };
const ALL_TIMES = { from: -8_640_000_000_000_000, to: 8_640_000_000_000_000, terms: [] };
const REFUSED = { name: 'LakeRefused' };

describeUnless(missingBigQuery(), 'EventLake: BigQuery', () => {
  let server: BigQueryServer;
  const lakes: BigQueryLake[] = [];
  let tenants = 0;
  beforeAll(async () => {
    server = await BigQueryServer.start();
  }, 90_000);
  afterAll(async () => {
    await Promise.all(lakes.map((lake) => lake.close()));
    await server.kill();
  });

  const lakeWith = (settings: Partial<BigQuerySettings> = {}, policies: OutboundPolicies = policiesWith()): BigQueryLake => {
    const usual = { project: PROJECT, location: 'EU', writer: 'storage-write', maximumBytesBilled: 10_000_000_000 } as const;
    const lake = new BigQueryLake({ ...usual, endpoint: server.endpoint, ...settings }, policies);
    lakes.push(lake);
    return lake;
  };
  const newTenant = (): TenantId => toTenantId(`own-${++tenants}`);
  const datasetOf = (tenant: TenantId): string => `/datasets/gatra_${tenant.replaceAll('-', '_')}`;
  const make = (dataset: string, labels: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    server.ask('POST', '/datasets', { datasetReference: { projectId: PROJECT, datasetId: dataset.split('/').at(-1) }, labels });
  const makeEvents = (dataset: string, fields: readonly unknown[]): Promise<unknown> =>
    server.ask('POST', `${dataset}/tables`, {
      tableReference: { projectId: PROJECT, datasetId: dataset.split('/').at(-1), tableId: 'events' },
      schema: { fields },
      timePartitioning: { type: 'DAY', field: 'received_at' },
    });

  describe.each(WRITERS)('written by %s', (writer) => {
    let lake: BigQueryLake;
    beforeAll(() => {
      lake = lakeWith({ writer });
    });

    eventLakeContract(() => lake, { hasPlaces: true, runs: 25 });

    it('keeps what Google’s clients would put something else for', async () => {
      const tenant = newTenant();
      await lake.prepare(tenant);
      const event = lakeEvent({ message: '{{projectId}} {{ projectId }}', host: '\ud800' });
      await lake.write(tenant, [event]);
      expect((await lake.find(tenant, event))?.raw).toBe(event.raw);
      expect(await lake.scan(tenant, { ...ALL_TIMES, text: '{{projectid}}' }, undefined, 10)).toHaveLength(1);
    });

    it('keeps events of any time, the years before the first and behind 9999 too', async () => {
      const tenant = newTenant();
      await lake.prepare(tenant);
      const times = [
        ALL_TIMES.from,
        -62_135_596_800_001,
        -62_135_596_800_000,
        -1,
        0,
        253_402_300_799_999,
        253_402_300_800_000,
        ALL_TIMES.to,
      ];
      await lake.write(
        tenant,
        times.map((time, index) => ({ ...lakeEvent({}, ARRIVAL, [], index, lakeEvent({}).batch_id), time })),
      );
      for (const time of times) expect(await lake.scan(tenant, { ...ALL_TIMES, from: time, to: time }, undefined, 10)).toHaveLength(1);
      expect(await lake.scan(tenant, { ...ALL_TIMES, from: -1, to: 0 }, undefined, 10)).toHaveLength(2);
      expect(await lake.scan(tenant, ALL_TIMES, undefined, 10)).toHaveLength(times.length);
    });

    it('writes more than a request may hold', async () => {
      const tenant = newTenant();
      await lake.prepare(tenant);
      const events = Array.from({ length: 50 }, (_, at) => ({ ...lakeEvent({}, ARRIVAL + at), raw: 'x'.repeat(500_000) }));
      await lake.write(tenant, events);
      expect(await lake.counts(tenant, ARRIVAL, ARRIVAL + 1)).toEqual([{ hour: ARRIVAL, stored: 50 }]);
    });

    it('sends nothing of a batch in which a value is missing', async () => {
      const tenant = newTenant();
      const policies = policiesWith();
      const own = lakeWith({ writer }, policies);
      await own.prepare(tenant);
      const { counts } = policies.dependency('bigquery');
      const calls = counts.calls;
      const faulty = { ...lakeEvent({}), raw: undefined } as unknown as LakeEvent;
      await expect(own.write(tenant, [lakeEvent({}), faulty])).rejects.toMatchObject({
        ...REFUSED,
        message: 'row 1 for events has no STRING in raw, which is REQUIRED',
      });
      expect(counts.calls).toBe(calls);
    });

    it('refuses to write to a table that is missing, and to read from it', async () => {
      const tenant = newTenant();
      await lake.prepare(tenant);
      await server.ask('DELETE', `${datasetOf(tenant)}/tables/events`);
      const refusal = { ...REFUSED, message: expect.stringContaining(tenant) };
      await expect(lake.write(tenant, [lakeEvent({})])).rejects.toMatchObject(refusal);
      await expect(lake.scan(tenant, ALL_TIMES, undefined, 1)).rejects.toMatchObject(refusal);
      await expect(lake.counts(tenant, ARRIVAL, ARRIVAL + 1)).rejects.toMatchObject(refusal);
    });

    it('reports what was not written while the server is away, and goes on when it is back', async () => {
      const own = await BigQueryServer.start();
      const lake = lakeWith({ writer, endpoint: own.endpoint }, policiesWith(IMPATIENT));
      try {
        const tenant = newTenant();
        await lake.prepare(tenant);
        const outcomes: string[] = [];
        const over = new AbortController();
        const write = async (): Promise<void> => {
          while (!over.signal.aborted)
            outcomes.push(
              await lake.write(tenant, [lakeEvent({})]).then(
                () => 'written',
                ({ name }: Error) => name,
              ),
            );
        };
        const writing = [write(), write(), write(), write()];
        await eventually(() => expect(outcomes.length).toBeGreaterThan(20));
        expect(new Set(outcomes)).toEqual(new Set(['written']));
        const [counted] = await lake.counts(tenant, ARRIVAL, ARRIVAL + 1);
        expect(counted?.stored).toBeGreaterThan(20);
        await own.kill();
        const until = outcomes.length + 20;
        await eventually(() => expect(outcomes.length).toBeGreaterThan(until));
        over.abort();
        await Promise.all(writing);
        expect(new Set(outcomes.slice(until - 10))).toEqual(new Set(['BigQueryFault']));
        await own.begin();
        await eventually(() => lake.prepare(tenant), 20_000);
        await eventually(() => lake.write(tenant, [lakeEvent({})]), 20_000);
      } finally {
        await lake.close();
        await own.kill();
      }
    }, 120_000);
  });

  it.each([{}, { gatra_tenant: 'another' }])('leaves alone a dataset labelled %j', async (labels) => {
    const tenant = newTenant();
    await make(datasetOf(tenant), labels);
    const before = await server.ask('GET', datasetOf(tenant));
    await expect(lakeWith().prepare(tenant)).rejects.toMatchObject({ ...REFUSED, message: expect.stringContaining('not labelled') });
    await expect(lakeWith().erase(tenant)).rejects.toMatchObject(REFUSED);
    expect(await server.ask('GET', datasetOf(tenant))).toEqual(before);
    expect(await server.ask('GET', `${datasetOf(tenant)}/tables`)).toMatchObject({ totalItems: 0 });
  });

  it('makes nothing where a dataset cannot be named', async () => {
    const before = await server.ask('GET', '/datasets');
    const lake = lakeWith({ datasetOf: () => 'other.project' });
    await expect(lake.prepare(newTenant())).rejects.toMatchObject(REFUSED);
    await expect(lake.find(newTenant(), lakeEvent({}))).rejects.toMatchObject(REFUSED);
    expect(await server.ask('GET', '/datasets')).toEqual(before);
    expect(() => lakeWith({ project: 'p`' })).toThrow('no id');
  });

  it('makes the dataset and its tables as they are to be', async () => {
    const tenant = newTenant();
    await lakeWith({ expirationDays: 90 }).prepare(tenant);
    expect(await server.ask('GET', datasetOf(tenant))).toMatchObject({ labels: { gatra_tenant: tenant }, location: 'EU' });
    expect(await server.ask('GET', `${datasetOf(tenant)}/tables/events`)).toMatchObject({
      timePartitioning: { type: 'DAY', field: 'received_at', expirationMs: '7776000000' },
      clustering: { fields: ['event_time', 'batch_id'] },
    });
  });

  it('has a view in which every event is once', async () => {
    const tenant = newTenant();
    const lake = lakeWith();
    await lake.prepare(tenant);
    const events = [lakeEvent({ host: 'ws-1' }), lakeEvent({ host: 'ws-2' }, ARRIVAL + 1)];
    await lake.write(tenant, events);
    await lake.write(tenant, events);
    const view = `\`${PROJECT}.${datasetOf(tenant).split('/').at(-1)}.events_once\``;
    const query = `SELECT host FROM ${view} WHERE received_at >= TIMESTAMP '2020-01-01' ORDER BY host`;
    expect(await server.ask('POST', '/queries', { query, useLegacySql: false })).toMatchObject({
      rows: [{ f: [{ v: 'ws-1' }] }, { f: [{ v: 'ws-2' }] }],
    });
  });

  it.each([
    ['without a column', EVENTS.columns.filter(({ name }) => name !== 'raw'), 'the column raw is missing'],
    [
      'with one of another type',
      EVENTS.columns.map((column) => (column.name === 'idx' ? { ...column, type: 'STRING' } : column)),
      'idx is STRING',
    ],
  ])('refuses a table %s', async (_, fields, fault) => {
    const tenant = newTenant();
    await make(datasetOf(tenant), { gatra_tenant: tenant });
    await makeEvents(datasetOf(tenant), fields);
    await expect(lakeWith().prepare(tenant)).rejects.toMatchObject({ ...REFUSED, message: expect.stringContaining(fault) });
  });

  it('adds columns that may be empty', async () => {
    const tenant = newTenant();
    const dataset = datasetOf(tenant);
    await make(dataset, { gatra_tenant: tenant });
    await makeEvents(dataset, [...EVENTS.columns.filter(({ name }) => name !== 'url'), { name: 'case_id', type: 'STRING' }]);
    await lakeWith().prepare(tenant);
    const { schema } = (await server.ask('GET', `${dataset}/tables/events`)) as { schema: { fields: { name: string }[] } };
    expect(schema.fields.map(({ name }) => name).slice(-2)).toEqual(['case_id', 'url']);
  });

  it.each(WRITERS)('leaves columns of others alone: %s', async (writer) => {
    const tenant = newTenant();
    await make(datasetOf(tenant), { gatra_tenant: tenant });
    await makeEvents(datasetOf(tenant), [{ name: 'case_id', type: 'STRING' }, ...EVENTS.columns]);
    const lake = lakeWith({ writer });
    await lake.prepare(tenant);
    const event = lakeEvent({ host: 'ws-1' });
    await lake.write(tenant, [event]);
    expect(await lake.find(tenant, event)).toMatchObject({ raw: event.raw });
  });

  it('raises the errors of queries', async () => {
    const tenant = newTenant();
    await make(datasetOf(tenant), { gatra_tenant: tenant });
    await makeEvents(datasetOf(tenant), [{ name: 'received_at', type: 'TIMESTAMP' }]);
    await expect(lakeWith().find(tenant, lakeEvent({}))).rejects.toMatchObject({ ...REFUSED, message: expect.stringContaining(tenant) });
  });

  it('says that nobody answers', async () => {
    const port = await freePort();
    const endpoint = { rest: `http://127.0.0.1:${port}`, host: '127.0.0.1', port, plain: true };
    await expect(lakeWith({ endpoint }, policiesWith(IMPATIENT)).check()).rejects.toThrow('BigQuery: ECONNREFUSED');
  });
});
