import { randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toTenantId, type TenantId } from '../../../src/contracts/tenant.js';
import type { AppendThread } from '../../../src/mssp/ingest/adapters/append-thread.js';
import type { EventStoreParts } from '../../../src/mssp/ingest/adapters/sqlite-event-store.js';
import type { TenantCiphers } from '../../../src/mssp/ingest/adapters/tenant-ciphers.js';
import { eventIdOf } from '../../../src/mssp/ingest/domain/event-id.js';
import type { ChunkPosition, EventStore, NewBatch, ScanFilter, StoredBatch } from '../../../src/mssp/ingest/domain/event-store.js';
import { batch, chunk, detection, NOON, record, windowsIdentity } from '../../contract/event-store-fixtures.js';
import { OWNER, STRANGER } from '../canary-tenants.js';

const ADAPTERS = 'mssp/ingest/adapters';
const ALL: ScanFilter = { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [] };
const DAY_MS = 86_400_000;
/** Behind everything that is stored here. */
const LATER: ChunkPosition = { month: '2026-04', sequence: 1 };
const OWNERS = toTenantId(OWNER);
const STRANGERS = toTenantId(STRANGER);
const NOBODYS = toTenantId('nobody');

type View = Readonly<Record<string, string>>;
type NewStore = new (dataDir: string, ciphers?: TenantCiphers, parts?: EventStoreParts) => EventStore;

/**
 * What is wrong with how the event store of a build holds two tenants apart, in words: every read and every write is made for both. The build
 * must be a copy that may be written to: a module that was loaded before is loaded again only under another name.
 * @throws Error where the build cannot be loaded, which says nothing of isolation.
 */
export async function eventStoreFaults(main: string): Promise<readonly string[]> {
  const adapters = join(dirname(main), ADAPTERS);
  const { SqliteEventStore: Store } = await loadFresh<{ SqliteEventStore: NewStore }>(adapters, 'sqlite-event-store.js');
  const directory = mkdtempSync(join(tmpdir(), 'gatra-store-trial-'));
  try {
    const read = await faultsIn(new Store(join(directory, 'plain')));
    return read.length > 0 ? read : await faultsOfKeys(join(directory, 'sealed'), adapters, Store);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function loadFresh<Module>(adapters: string, name: string): Promise<Module> {
  const fresh = join(adapters, `trial-${randomUUID()}.js`);
  copyFileSync(join(adapters, name), fresh);
  try {
    return (await import(fresh)) as Module;
  } finally {
    rmSync(fresh);
  }
}

async function faultsIn(store: EventStore): Promise<readonly string[]> {
  try {
    const ids = await write(store, OWNERS);
    const owners = await viewOf(store, OWNERS, ids);
    const nobodys = await viewOf(store, NOBODYS, ids);
    const idle = Object.keys(owners).filter((name) => owners[name] === nobodys[name]);
    if (idle.length > 0) return idle.map((name) => `${name} proves nothing`);
    const seen = differences(nobodys, await viewOf(store, STRANGERS, ids));
    return seen.length > 0 ? seen.map((name) => `${name} shows the owner's`) : await writesAcross(store, owners, ids);
  } finally {
    await store.close();
  }
}

/** Each write of the stranger's must show with the stranger, and leave what the owner sees as it was. */
async function writesAcross(store: EventStore, owners: View, ownersIds: readonly string[]): Promise<readonly string[]> {
  const [settled, late] = [batchOf({ detections: [detection(0)] }), batchOf({ inspected: false })];
  const ids = [settled.batch_id, late.batch_id];
  const writes: Readonly<Record<string, () => Promise<void>>> = {
    append: () => store.append(STRANGERS, chunk([settled, late])),
    settle: () => store.settle(STRANGERS, [{ batch_id: settled.batch_id, alerts: 7 }]),
    inspected: () => store.inspected(STRANGERS, late.batch_id, [detection(0)]),
    keepLearned: () => store.keepLearned(STRANGERS, Buffer.from("the stranger's")),
    addShed: () => store.addShed(STRANGERS, NOON, 'rate_limited', 3),
  };
  for (const [name, make] of Object.entries(writes)) {
    const before = await viewOf(store, STRANGERS, ids);
    await make();
    if (differences(before, await viewOf(store, STRANGERS, ids)).length === 0) return [`${name} does not show with the stranger`];
    const changed = differences(owners, await viewOf(store, OWNERS, ownersIds));
    if (changed.length > 0) return [`${name} of the stranger changes the owner's ${changed.join(', ')}`];
  }
  return [];
}

/** What a tenant stores, in this thread and in the one for large chunks, needs its own keys and no others. */
async function faultsOfKeys(directory: string, adapters: string, Store: NewStore): Promise<readonly string[]> {
  const { TenantCiphers: Ciphers } = await loadFresh<{ TenantCiphers: typeof TenantCiphers }>(adapters, 'tenant-ciphers.js');
  const { AppendThread: Appends } = await loadFresh<{ AppendThread: typeof AppendThread }>(adapters, 'append-thread.js');
  const ciphers = new Ciphers(true);
  ciphers.open(STRANGERS, { data: [{ number: 1, key: randomBytes(32) }], index: randomBytes(32) });
  const faults = await faultsOfWriting(new Store(directory, ciphers));
  if (faults.length > 0) return faults;
  return faultsOfWriting(new Store(`${directory}-apart`, ciphers, { appends: new Appends(`${directory}-apart`, undefined, 0) }));
}

async function faultsOfWriting(store: EventStore): Promise<readonly string[]> {
  try {
    const ids = await write(store, STRANGERS);
    await viewOf(store, STRANGERS, ids);
    return [];
  } catch (error) {
    return [`the stranger's events need other keys than its own: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    await store.close();
  }
}

/** Stores something of everything; answers the ids of the batches. */
async function write(store: EventStore, tenant: TenantId): Promise<readonly string[]> {
  const [pending, late] = [batchOf({ detections: [detection(0)] }), batchOf({ inspected: false })];
  await store.append(tenant, chunk([pending, late], { learned: Buffer.from(tenant) }));
  await store.append(tenant, chunk([batchOf({})]));
  await store.addShed(tenant, NOON, 'rate_limited', 5);
  return [pending.batch_id, late.batch_id];
}

const batchOf = (more: Partial<NewBatch>): NewBatch => {
  const records = [record(0, '{"host":"ws-1"}', { identity: windowsIdentity(1) })];
  return batch(records, { idempotency: { key: 'same', digest: 'same' }, ...more });
};

/** All that a tenant can be told of its events, by the method that tells it. */
async function viewOf(store: EventStore, tenant: TenantId, ids: readonly string[]): Promise<View> {
  const { state, later } = await store.learned(tenant);
  const view = {
    duplicatesAmong: await store.duplicatesAmong(tenant, [windowsIdentity(1)], NOON),
    find: await Promise.all(ids.map((id) => store.find(tenant, eventIdOf(id, 0)))),
    scan: (await listOf(store.scan(tenant, ALL, undefined))).map(({ position, count }) => [position, count]),
    remaining: await store.remaining(tenant, ALL, LATER),
    answerTo: await store.answerTo(tenant, 'same', NOON),
    pending: await store.pending(tenant),
    uninspected: await store.uninspected(tenant),
    learned: [state && Buffer.from(state).toString(), await idsOf(later)],
    newest: await store.newest(tenant),
    lastOf: await store.lastOf(tenant, '2026-03'),
    batchesAfter: await idsOf(store.batchesAfter(tenant, undefined)),
    storedAfter: await idsOf(store.storedAfter(tenant, undefined)),
    counts: await store.counts(tenant, NOON - DAY_MS, NOON + DAY_MS),
  };
  return Object.fromEntries(Object.entries(view).map(([name, value]) => [name, JSON.stringify(value) ?? 'undefined']));
}

async function listOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const idsOf = async (batches: AsyncIterable<StoredBatch>): Promise<readonly string[]> =>
  (await listOf(batches)).map(({ batch_id: id }) => id);

const differences = (one: View, other: View): readonly string[] => Object.keys(one).filter((name) => one[name] !== other[name]);
