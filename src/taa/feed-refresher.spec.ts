import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { toTenantId, type TenantId } from '../contracts/tenant.js';
import { auditMigrations } from '../platform/audit/audit-migrations.js';
import { SystemClock } from '../platform/clock/system-clock.js';
import { SqliteThread } from '../platform/storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../platform/storage/sqlite-tenant-databases.js';
import type { TenantDatabases } from '../platform/storage/tenant-databases.js';
import type { Tenant } from '../platform/tenancy/tenant.js';
import { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import { compileLinearMatcher } from './adapters/linear-text-matcher.js';
import { SqliteIndicatorStore } from './adapters/sqlite-indicator-store.js';
import { taaMigrations } from './adapters/taa-migrations.js';
import type { FeedSharing } from './domain/feed-sharing.js';
import { type FeedContent, ThreatIntelFeed } from './domain/threat-intel-feed.js';
import { FeedRefresher } from './feed-refresher.js';
import { FeedRegister } from './feed-register.js';
import { IndicatorMatchers } from './indicator-matchers.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');

class FakeFeed extends ThreatIntelFeed {
  reads = 0;
  content: string | Error = '';
  constructor(readonly name: string) {
    super();
  }
  async read(known: string | null): Promise<FeedContent | undefined> {
    this.reads++;
    if (this.content instanceof Error) throw this.content;
    return this.content === known ? undefined : { text: this.content, version: this.content };
  }
}

class FakeDirectory extends TenantDirectory {
  ids: TenantId[] = [ACME];
  async find(): Promise<undefined> {
    return undefined;
  }
  async list(): Promise<readonly Tenant[]> {
    return this.ids.map((tenant_id) => ({ tenant_id }) as Tenant);
  }
  async add(): Promise<boolean> {
    return false;
  }
  async replace(): Promise<boolean> {
    return false;
  }
}

describe('FeedRefresher', () => {
  let directory: string;
  let thread: SqliteThread;
  let databases: TenantDatabases;
  let store: SqliteIndicatorStore;
  let matchers: IndicatorMatchers;
  let tenants: FakeDirectory;
  let feed: FakeFeed;
  const made: FeedRefresher[] = [];

  beforeEach(() => {
    Logger.overrideLogger(false);
    directory = mkdtempSync(join(tmpdir(), 'gatra-refresh-'));
    thread = new SqliteThread();
    databases = new SqliteTenantDatabases(thread, directory, { ...auditMigrations, ...taaMigrations });
    store = new SqliteIndicatorStore(databases, new SystemClock());
    matchers = new IndicatorMatchers(store);
    tenants = new FakeDirectory();
    feed = new FakeFeed('list');
  });
  afterEach(async () => {
    for (const refresher of made.splice(0)) await refresher.onModuleDestroy();
    await databases.closeAll();
    await thread.end();
    rmSync(directory, { recursive: true, force: true });
  });

  let register: FeedRegister;
  function registerOf(feeds: readonly ThreatIntelFeed[]): FeedRegister {
    return (register = new FeedRegister(
      feeds.map(({ name }) => name),
      new SystemClock(),
    ));
  }

  interface RefresherChange {
    readonly refreshSeconds?: number;
    readonly sharing?: FeedSharing;
  }

  function refresherOf(feeds: ThreatIntelFeed[] = [feed], { refreshSeconds = 3_600, sharing = {} }: RefresherChange = {}): FeedRefresher {
    const refresher = new FeedRefresher({
      feeds,
      sharing: new Map([[feed.name, sharing]]),
      refreshSeconds,
      tenants,
      store,
      matchers,
      runner: { wake: () => undefined },
      compile: compileLinearMatcher,
      register: registerOf(feeds),
    });
    made.push(refresher);
    return refresher;
  }

  const names = async (tenant = ACME): Promise<string[]> => (await store.list(tenant, {}, '', 100)).map(({ name }) => name).sort();
  const isKnown = async (domain: string, tenant = ACME): Promise<boolean> =>
    (await matchers.of(tenant)).match({ type: 'domain', value: domain }, { from: 0, to: 1 }).length > 0;

  it('brings a feed’s content to the tenants, and takes away what vanished from it', async () => {
    const refresher = refresherOf();
    feed.content = 'a.example\nb.example\n';
    await refresher.refresh();
    expect([await isKnown('a.example'), await isKnown('c.example')]).toEqual([true, false]);
    feed.content = 'b.example\nc.example\n';
    await refresher.refresh();
    expect(await names()).toEqual(['b.example', 'c.example']);
    expect([await isKnown('a.example'), await isKnown('c.example')]).toEqual([false, true]);
  });

  it('keeps the last good content of a feed that fails, and counts', async () => {
    const refresher = refresherOf();
    feed.content = 'a.example';
    await refresher.refresh();
    feed.content = new Error('down');
    await refresher.refresh();
    feed.content = '{"broken';
    await refresher.refresh();
    expect([await names(), refresher.failures]).toEqual([['a.example'], 2]);
    expect(register.list()).toMatchObject([{ name: 'list', failure: 'not valid JSON', indicators: 1, read_at: expect.any(String) }]);
    feed.content = 'a.example\nb.example';
    await refresher.refresh();
    expect(register.list()).toMatchObject([{ failed_at: null, failure: null, indicators: 2 }]);
  });

  it.each([
    '<html><body>maintenance</body></html>',
    '',
    '# nothing\n',
    '[]',
    '["a.example"]',
    'please\ncome\nback\nlater',
    '{"response":["x"]}',
  ])('keeps the last good content of a feed that answers %j, and says so', async (nonsense) => {
    const refresher = refresherOf();
    feed.content = 'a.example';
    await refresher.refresh();
    feed.content = nonsense;
    await refresher.refresh();
    expect([await names(), refresher.failures]).toEqual([['a.example'], 1]);
    expect(register.list()).toMatchObject([{ failure: expect.any(String), indicators: 1 }]);
    await refresherOf().refresh();
    expect(await names()).toEqual(['a.example']);
  });

  it('takes an empty collection for what it says', async () => {
    const refresher = refresherOf();
    feed.content = 'a.example';
    await refresher.refresh();
    feed.content = '{"type":"bundle","objects":[]}';
    await refresher.refresh();
    expect([await names(), refresher.failures]).toEqual([[], 0]);
  });

  it('brings to other tenants what it cannot bring to one, which gets it later', async () => {
    tenants.ids = [ACME, GLOBEX];
    feed.content = 'a.example';
    await refresherOf().refresh();
    const sources = jest.spyOn(store, 'sources');
    const replace = jest.spyOn(store, 'replace');
    const isDamaged = { now: true };
    const failing =
      <T extends unknown[], R>(whole: (tenant: TenantId, ...rest: T) => Promise<R>) =>
      async (tenant: TenantId, ...rest: T): Promise<R> => {
        if (tenant === ACME && isDamaged.now) throw new Error('malformed');
        return whole.call(store, tenant, ...rest);
      };
    sources.mockImplementation(failing(SqliteIndicatorStore.prototype.sources));
    replace.mockImplementation(failing(SqliteIndicatorStore.prototype.replace));
    feed = new FakeFeed('other');
    feed.content = 'b.example';
    const refresher = refresherOf();
    await refresher.refresh();
    expect([await names(ACME), await names(GLOBEX), refresher.failures]).toEqual([['a.example'], ['b.example'], 2]);
    expect(register.list()).toMatchObject([{ failure: 'could not be brought to 1 of the tenants; the log says why', indicators: 1 }]);
    isDamaged.now = false;
    await refresher.refresh();
    expect([await names(ACME), register.list()[0]?.failure]).toEqual([['b.example'], null]);
  });

  it('brings unchanged content, and that of a failing feed, to a tenant that came later', async () => {
    const refresher = refresherOf();
    feed.content = 'a.example';
    await refresher.refresh();
    tenants.ids = [ACME, GLOBEX];
    feed.content = new Error('down');
    await refresher.refresh();
    expect(await names(GLOBEX)).toEqual(['a.example']);
  });

  it('one failing feed does not keep another from being read', async () => {
    const other = new FakeFeed('other');
    other.content = 'b.example';
    feed.content = new Error('down');
    await refresherOf([feed, other]).refresh();
    expect(await names()).toEqual(['b.example']);
  });

  it('removes what a feed brought that is no longer configured, and nothing of the API', async () => {
    feed.content = 'a.example';
    await refresherOf().refresh();
    await store.put(ACME, 'api', [{ ...(await store.list(ACME, {}, '', 1))[0]!, name: 'mine' }], {
      actor: { type: 'person', id: 'ann' },
      correlation_id: 'req-1',
    });
    await refresherOf([]).refresh();
    expect(await names()).toEqual(['mine']);
  });

  const marked = (...markings: string[]): string =>
    JSON.stringify({
      Event: {
        info: 'an event',
        Attribute: markings.map((tlp) => ({
          uuid: tlp,
          type: 'domain',
          to_ids: true,
          value: `${tlp}.example`,
          Tag: [{ name: `tlp:${tlp}` }],
        })),
      },
    });

  it('brings what is marked more closely than goes to every tenant to the recipients of its feed alone', async () => {
    tenants.ids = [ACME, GLOBEX];
    feed.content = marked('green', 'amber', 'red');
    await refresherOf([feed], { sharing: { recipients: [ACME] } }).refresh();
    const known = async (tenant: TenantId): Promise<boolean[]> =>
      Promise.all(['green', 'amber', 'red'].map((tlp) => isKnown(`${tlp}.example`, tenant)));
    expect([await known(ACME), await known(GLOBEX)]).toEqual([
      [true, true, true],
      [true, true, false],
    ]);
    expect(register.list()).toMatchObject([{ indicators: 3, withheld: 1 }]);
  });

  it('takes back what a tenant was given before that it is no recipient of any more', async () => {
    feed.content = marked('green', 'red');
    await refresherOf([feed], { sharing: { everyone: 'red' } }).refresh();
    expect([await isKnown('green.example'), await isKnown('red.example')]).toEqual([true, true]);
    await refresherOf([feed]).refresh();
    expect([await isKnown('green.example'), await isKnown('red.example')]).toEqual([true, false]);
    await refresherOf([feed], { sharing: { everyone: 'none' } }).refresh();
    expect([await isKnown('green.example'), await isKnown('red.example')]).toEqual([false, false]);
  });

  it('starts by itself, repeats, and stops', async () => {
    feed.content = 'a.example';
    const refresher = refresherOf([feed], { refreshSeconds: 0.01 });
    refresher.onApplicationBootstrap();
    const deadline = Date.now() + 10_000;
    while (feed.reads < 3 && Date.now() < deadline) await new Promise((tick) => setTimeout(tick, 5));
    await refresher.onModuleDestroy();
    const { reads } = feed;
    expect(reads).toBeGreaterThanOrEqual(3);
    await new Promise((tick) => setTimeout(tick, 50));
    expect(feed.reads).toBe(reads);
  });
});
