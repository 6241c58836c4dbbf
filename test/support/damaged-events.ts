import { randomBytes } from 'node:crypto';
import { accessSync, constants, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventDamage } from '../../src/mssp/ingest/domain/event-damage.js';
import type { StoredRecord } from '../../src/mssp/ingest/domain/event-store.js';
import { SqliteEventStore } from '../../src/mssp/ingest/adapters/sqlite-event-store.js';
import { TenantCiphers } from '../../src/mssp/ingest/adapters/tenant-ciphers.js';
import type { TenantKeySet } from '../../src/platform/encryption/tenant-key-set.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { batch, chunk, detection, NOON, record, TENANT, windowsIdentity } from '../contract/event-store-fixtures.js';

/** The month whose file was closed, and the one whose log was not written back into its file: what a killed process leaves. */
export const CLOSED = '2026-02';
export const LEFT_OPEN = '2026-03';

const EVENTS = 10;
const FEBRUARY = Date.parse('2026-02-10T12:00:00Z');
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [] };
const RULE = 'rule-1';

/** What was found after files had been damaged. */
export interface Aftermath {
  /** Events that are there. */
  readonly found: number;
  /** Events that were said to be lost; not a number where nobody could say how many. */
  readonly lost: number;
  readonly damages: readonly EventDamage[];
  /** What is there and was never written, and what cannot be done any more. */
  readonly faults: readonly string[];
  /** From opening to the last event, in milliseconds. */
  readonly ms: number;
}

/** Two months of events, copies of which are damaged and opened. */
export class DamagedEvents {
  private readonly place = mkdtempSync(join(roomyPlace(), 'gatra-damaged-'));
  private readonly template = join(this.place, 'template');
  private readonly originals = new Map<string, string>();
  private readonly rules = new Map<string, string>();

  private constructor(private readonly keys: TenantKeySet | undefined) {}

  /** Writes `chunks` chunks of ten events into each of both months, or into `only` one. */
  static async write(
    chunks: number,
    options: { readonly encrypted?: boolean; readonly only?: typeof CLOSED | typeof LEFT_OPEN } = {},
  ): Promise<DamagedEvents> {
    const keys = options.encrypted ? { data: [{ number: 1, key: randomBytes(32) }], index: randomBytes(32) } : undefined;
    const events = new DamagedEvents(keys);
    const written = join(events.place, 'written');
    const store = events.open(written);
    const { only = null } = options;
    for (const month of [CLOSED, LEFT_OPEN].filter((one) => only === null || one === only)) {
      const begin = month === CLOSED ? FEBRUARY : NOON;
      for (let number = 0; number < chunks; number += 1) await events.append(store, begin + number, number);
      if (month === CLOSED) await store.release(TENANT);
    }
    cpSync(written, events.template, { recursive: true });
    await store.close();
    rmSync(written, { recursive: true });
    return events;
  }

  /** Events that were written. */
  get count(): number {
    return this.originals.size;
  }

  /** Path of a file of a month in a data directory, by default the one that is copied. */
  fileOf(month: string, ending = 'db', dataDir = this.template): string {
    return join(tenantDirectoryPath(dataDir, TENANT), `events-${month}.${ending}`);
  }

  /** A copy to be damaged. */
  copy(): string {
    const dataDir = mkdtempSync(join(this.place, 'copy-'));
    cpSync(this.template, dataDir, { recursive: true });
    return dataDir;
  }

  open(dataDir: string, onDamage?: (damage: EventDamage) => void): SqliteEventStore {
    const ciphers = new TenantCiphers(this.keys !== undefined);
    if (this.keys) ciphers.open(TENANT, structuredClone(this.keys));
    return new SqliteEventStore(dataDir, ciphers, { onDamage: (_, damage) => onDamage?.(damage) });
  }

  /** Damages a copy, opens it as a start does, reads all of it and stores something more. */
  async after(damage: (dataDir: string) => void): Promise<Aftermath> {
    const dataDir = this.copy();
    damage(dataDir);
    const damages: EventDamage[] = [];
    const faults: string[] = [];
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      // What is read a piece at a time ends where damage is found; the next to ask finds it repaired.
      await work()
        .catch(work)
        .catch((error: unknown) => void faults.push(`${what}: ${String(error)}`));
    };
    const store = this.open(dataDir, (said) => void damages.push(said));
    const begun = performance.now();
    await attempt('recover', () => this.recover(store));
    const seen = new Map<string, StoredRecord>();
    await attempt('read', () => this.read(store, seen));
    await attempt('compare', () => this.compare(store, seen, faults));
    const ms = performance.now() - begun;
    const fresh = batch([record(0, '{"n":"fresh"}')], { received_at: NOON + 1_000 });
    await attempt('append', () => store.append(TENANT, chunk([fresh])));
    const kept = await store.find(TENANT, `${fresh.batch_id}.0`).catch(() => undefined);
    if (kept?.raw !== '{"n":"fresh"}') faults.push('what was stored afterwards is not there');
    await store.close();
    rmSync(dataDir, { recursive: true });
    return { found: seen.size, lost: damages.reduce((sum, { lost }) => sum + (lost ?? Number.NaN), 0), damages, faults, ms };
  }

  remove(): void {
    rmSync(this.place, { recursive: true, force: true });
  }

  private async append(store: SqliteEventStore, at: number, number: number): Promise<void> {
    const texts = Array.from({ length: EVENTS }, (_, index) => `{"EventID":1,"Computer":"ws-${number}","n":"${at}-${index}"}`);
    const records = texts.map((text, index) => record(index, text, { identity: windowsIdentity(at + number * EVENTS + index) }));
    const detections = number % 3 === 0 ? [detection(4, RULE)] : [];
    const one = batch(records, { received_at: at, detections, inspected: number % 4 !== 1 });
    for (const [index, text] of texts.entries()) this.originals.set(`${one.batch_id}.${index}`, text);
    for (const { event_index: index } of detections) this.rules.set(`${one.batch_id}.${index}`, RULE);
    await store.append(TENANT, chunk([one], { terms: new Set([`host:ws-${number}`]), learned: Buffer.from(`learned ${number}`) }));
  }

  /** Asks for all that a start asks for. */
  private async recover(store: SqliteEventStore): Promise<void> {
    await store.pending(TENANT);
    await store.uninspected(TENANT);
    const { later } = await store.learned(TENANT);
    for await (const _ of later);
    await store.counts(TENANT, 0, Number.MAX_SAFE_INTEGER);
  }

  private async read(store: SqliteEventStore, seen: Map<string, StoredRecord>): Promise<void> {
    seen.clear();
    for await (const scanned of store.scan(TENANT, ALL, undefined)) {
      for (let at = 0; at < scanned.count; at += 1) {
        const read = scanned.record(at);
        const event = `${read.batch_id}.${read.index}`;
        seen.set(seen.has(event) ? `${event} again` : event, read);
      }
    }
  }

  /** Whatever is there was written, with the rules that matched it, or is to be inspected once more. */
  private async compare(store: SqliteEventStore, seen: ReadonlyMap<string, StoredRecord>, faults: string[]): Promise<void> {
    const waiting = new Set((await store.uninspected(TENANT)).map(({ batch_id: id }) => id));
    for (const [event, { batch_id: id, raw, rules }] of seen) {
      if (this.originals.get(event) !== raw) faults.push(`invented: ${event} ${raw}`);
      if ((this.rules.get(event) ?? '') !== rules.join() && !waiting.has(id)) faults.push(`rules of ${event}: ${rules.join()}`);
    }
  }
}

/** Memory where the machine lends some as a directory: thousands of files are copied, and none is to survive anything. */
function roomyPlace(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
