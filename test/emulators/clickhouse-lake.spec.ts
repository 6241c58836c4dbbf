import { v7 as uuidv7 } from 'uuid';
import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { clickHouseDependency } from '../../src/mssp/lake/adapters/clickhouse/clickhouse-dependency.js';
import { ClickHouseLake, type ClickHouseLakeSettings } from '../../src/mssp/lake/adapters/clickhouse/clickhouse-lake.js';
import { clickHousePlaceOf } from '../../src/mssp/lake/adapters/clickhouse/clickhouse-place.js';
import type { LakeEvent } from '../../src/mssp/lake/domain/lake-event.js';
import { searchLake } from '../../src/mssp/lake/domain/search-lake.js';
import type { SearchCriteria } from '../../src/mssp/ingest/domain/search.js';
import { ARRIVAL, lakeEvent } from '../contract/event-lake-fixtures.js';
import { eventLakeContract } from '../contract/event-lake.contract.js';
import { ClickHouseServer, describeWithClickHouse } from '../support/clickhouse-server.js';
import { eventually } from '../support/eventually.js';
import { policiesWith } from '../support/outbound-policies.js';

const DAY_MS = 86_400_000;
/** Retries and circuits that do not keep a test waiting. */
const QUICK = { RETRY_CLICKHOUSE_BASE_DELAY: '0.01', CIRCUIT_BREAKER_CLICKHOUSE_RECOVERY_TIMEOUT: '0.1' };

describeWithClickHouse('EventLake: ClickHouse', () => {
  let server: ClickHouseServer;
  let lake: ClickHouseLake;
  let tenants = 0;
  const others: ClickHouseLake[] = [];
  const dependencies = new WeakMap<ClickHouseLake, ReturnType<typeof clickHouseDependency>>();

  const lakeWith = (settings: Partial<ClickHouseLakeSettings> = {}): ClickHouseLake => {
    const { url, username, password } = server;
    const dependency = clickHouseDependency(policiesWith(QUICK));
    const made = new ClickHouseLake({ url, username, password, ...settings }, dependency);
    dependencies.set(made, dependency);
    others.push(made);
    return made;
  };
  const someone = (): TenantId => toTenantId(`own-${++tenants}`);
  const databaseOf = (tenant: TenantId): string => clickHousePlaceOf(tenant).database;
  const placeOf = async (by = lake): Promise<TenantId> => {
    const tenant = someone();
    await by.prepare(tenant);
    return tenant;
  };
  const search = async (tenant: TenantId, criteria: Partial<SearchCriteria>) => {
    const all = { from: -8_640_000_000_000_000, to: 8_640_000_000_000_000, limit: 100 };
    const { items } = await searchLake(lake, tenant, { ...all, ...criteria }, { before: undefined, isSpent: () => false });
    return items.map(({ event_id }) => event_id);
  };
  const idOf = ({ batch_id, index }: LakeEvent): string => `${batch_id}.${index}`;
  const refused = (about: string) => expect.objectContaining({ name: 'LakeRefused', message: expect.stringContaining(about) as string });

  beforeAll(async () => {
    server = await ClickHouseServer.start();
    lake = lakeWith();
  });
  afterAll(async () => {
    for (const each of others) await each.close();
    await server.stop();
  });

  eventLakeContract(() => lake, { hasPlaces: true, runs: 25 });

  it('refuses where its credentials are not accepted, and does not say them', async () => {
    const tenant = someone();
    const error: unknown = await lakeWith({ password: 'guessed' })
      .prepare(tenant)
      .catch((thrown: unknown) => thrown);
    expect(error).toEqual(refused(`does not accept the credentials for tenant ${tenant}`));
    expect(JSON.stringify([error, String((error as Error).stack), (error as Error).cause])).not.toContain('guessed');
    await expect(lakeWith({ password: 'guessed' }).check()).rejects.toEqual(refused('does not accept the credentials'));
  });

  it.each(["COMMENT 'GATRA tenant another'", ''])('leaves alone a database that is not marked as the tenant’s (%s)', async (comment) => {
    const tenant = someone();
    await server.ask(`CREATE DATABASE ${databaseOf(tenant)} ${comment}`);
    await expect(lake.prepare(tenant)).rejects.toEqual(refused(`not marked as that of tenant ${tenant}`));
    await expect(lake.erase(tenant)).rejects.toEqual(refused(`not marked as that of tenant ${tenant}`));
    expect(await server.ask(`SHOW TABLES FROM ${databaseOf(tenant)}`)).toBe('');
  });

  it('names the table or column that is missing, and makes a table again', async () => {
    const tenant = await placeOf();
    const event = lakeEvent({ host: 'ws-1' });
    await server.ask(`ALTER TABLE ${databaseOf(tenant)}.events DROP COLUMN folded`);
    await expect(lake.write(tenant, [event])).rejects.toEqual(refused(`has no column folded for tenant ${tenant}`));
    await expect(lake.prepare(tenant)).rejects.toEqual(refused('has no column events.folded (String)'));
    await server.ask(`DROP TABLE ${databaseOf(tenant)}.events SYNC`);
    await expect(lake.write(tenant, [event])).rejects.toEqual(refused(`has no table events for tenant ${tenant}`));
    await lake.prepare(tenant);
    await lake.write(tenant, [event]);
    expect(await lake.find(tenant, event)).toBeDefined();
  });

  it('refuses a schema that is newer than it knows', async () => {
    const tenant = await placeOf();
    await server.ask(`ALTER TABLE ${databaseOf(tenant)}.events MODIFY COMMENT 'GATRA schema 99'`);
    await expect(lake.prepare(tenant)).rejects.toEqual(refused('has a table events of schema 99'));
  });

  it('takes events of any time and text, and finds them by it', async () => {
    const tenant = await placeOf();
    const said = ['0001-01-01T00:00:00.000Z', '1899-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z', '2300-01-01T00:00:00.001Z'];
    const events = said.map((timestamp) => lakeEvent({ '@timestamp': timestamp, host: 'ws-1' }));
    await lake.write(tenant, events);
    for (const event of events) expect(await search(tenant, { from: event.time, to: event.time })).toContain(idOf(event));

    const half = lakeEvent({ host: '\ud83e', user: 'a\0b', message: '\udd80' });
    const kelvin = lakeEvent({ message: '300 \u212A' });
    const extreme = [8_640_000_000_000_000, -8_640_000_000_000_000, 0.5].map((time) => ({ ...lakeEvent({ host: 'ws-2' }), time }));
    await lake.write(tenant, [half, kelvin, ...extreme]);
    expect((await lake.find(tenant, half))?.raw).toBe(half.raw);
    expect(await search(tenant, { host: '\ud83e' })).toEqual([idOf(half)]);
    expect(await search(tenant, { q: '300 k' })).toEqual([idOf(kelvin)]);
    expect(await search(tenant, { q: '\ud83e' })).toEqual([]);
  });

  it('finds by a text that is too long for a URL', async () => {
    const tenant = await placeOf();
    const message = "it's \\ a very long\r\n--story ".repeat(400);
    const event = lakeEvent({ message });
    await lake.write(tenant, [event, lakeEvent({ message: 'short' })]);
    expect(await search(tenant, { q: JSON.stringify(message).slice(1, -1) })).toEqual([idOf(event)]);
  });

  it('takes at once what arrived over many years', async () => {
    const tenant = await placeOf();
    const events = Array.from({ length: 120 }, (_, month) => lakeEvent({ host: 'ws-1' }, Date.UTC(2016, month, 2)));
    await lake.write(tenant, events);
    expect(await server.ask(`SELECT count() FROM ${databaseOf(tenant)}.events`)).toBe('120');
  });

  it('has events expire when it is told to, and no longer when it is not', async () => {
    const brief = lakeWith({ days: 30 });
    const tenant = await placeOf(brief);
    const [old, fresh] = [lakeEvent({ host: 'ws-1' }, Date.now() - 40 * DAY_MS), lakeEvent({ host: 'ws-1' }, Date.now())];
    await brief.write(tenant, [old, fresh]);
    await brief.writeRecords(tenant, [{ kind: 'audit', id: '1', at: old.received_at, body: {} }]);
    await server.ask(`OPTIMIZE TABLE ${databaseOf(tenant)}.events FINAL`);
    expect(await brief.find(tenant, old)).toBeUndefined();
    expect(await brief.find(tenant, fresh)).toBeDefined();
    expect(await brief.findRecord(tenant, 'audit', '1')).toBeDefined();

    const engine = `SELECT engine_full FROM system.tables WHERE database = '${clickHousePlaceOf(tenant).name}' AND name = 'events'`;
    await lakeWith({ days: 90 }).prepare(tenant);
    expect(await server.ask(engine)).toContain('toIntervalDay(90)');
    await lake.prepare(tenant);
    expect(await server.ask(engine)).not.toContain('TTL');
  });

  it('tries again what passes by itself, and nothing else', async () => {
    const tenant = await placeOf();
    const event = lakeEvent({ host: 'ws-1' });
    await server.fail({ statement: 'INSERT', times: 1, code: 252, type: 'TOO_MANY_PARTS', text: 'Too many parts' });
    await lake.write(tenant, [event]);
    await server.fail({ statement: 'SELECT', times: 1, status: 503, body: '<html>Bad Gateway</html>' });
    expect(await lake.find(tenant, event)).toBeDefined();
    const text = "gatra: Not enough privileges. To execute this query, it's necessary to have the grant INSERT(raw) ON gatra_x.events";
    await server.fail({ statement: 'INSERT', times: 1, code: 497, type: 'ACCESS_DENIED', text });
    await expect(lake.write(tenant, [event])).rejects.toEqual(refused(`does not allow what is needed: INSERT for tenant ${tenant}`));
    expect(dependencies.get(lake)?.policy(tenant).breaker).toMatchObject({ kind: 'closed', failures: 0 });
  });

  it('loses nothing and shows nothing twice when the server is killed while events are written', async () => {
    const tenant = await placeOf();
    const batches = Array.from({ length: 40 }, (_, n) => {
      const batch = uuidv7({ msecs: ARRIVAL + n });
      return Array.from({ length: 25 }, (_, index) => lakeEvent({ host: 'ws-1' }, ARRIVAL + n, [], index, batch));
    });
    const written = new Set<string>();
    const writing = (async () => {
      for (const events of batches) {
        const [{ batch_id } = { batch_id: '' }] = events;
        await lake.write(tenant, events).then(
          () => written.add(batch_id),
          () => undefined,
        );
      }
    })();
    await eventually(() => expect(written.size).toBeGreaterThan(5));
    await server.kill();
    await writing;
    expect(written.size).toBeLessThan(batches.length);
    await expect(lake.write(tenant, batches[0] ?? [])).rejects.toMatchObject({
      name: expect.stringMatching(/^(OutboundUnavailable|ClickHouseFault)$/) as string,
    });

    await server.begin();
    await eventually(async () => lake.check());
    const kept = await search(tenant, { limit: 1_000 });
    for (const batch of written) expect(kept.filter((id) => id.startsWith(batch))).toHaveLength(25);
    await eventually(async () => {
      for (const events of batches) await lake.write(tenant, events);
    });
    expect(new Set(await search(tenant, { limit: 1_000 })).size).toBe(1_000);
    expect(await lake.counts(tenant, ARRIVAL, ARRIVAL + 3_600_000)).toEqual([{ hour: ARRIVAL, stored: 1_000 }]);
    await server.ask(`OPTIMIZE TABLE ${databaseOf(tenant)}.events FINAL`);
    expect(await search(tenant, { limit: 1_000 })).toHaveLength(1_000);
    expect(await server.ask(`SELECT count() FROM ${databaseOf(tenant)}.events`)).toBe('1000');
  });
});
