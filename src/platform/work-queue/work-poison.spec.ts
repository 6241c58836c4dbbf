import { Logger } from '@nestjs/common';
import { QUEUE_TENANT, QueueRig, ScriptedHandler } from '../../../test/support/queue-rig.js';
import { describeOnEngines } from '../../../test/support/store-engines.js';
import { toTenantId } from '../../contracts/tenant.js';

/** What is asked for; a second engine is to show that it does the same, not how much it can. */
const ITEMS = { sqlite: 10_000, postgres: 1_000 } as const;
const POISON_EVERY = 100;
const isPoison = (key: string): boolean => Number(key) % POISON_EVERY === 0;

describeOnEngines('poison in the work queue', (open, engine) => {
  const items = ITEMS[engine];
  let rig: QueueRig;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => void (rig = new QueueRig(await open())));
  afterEach(() => rig.close());

  it(`DUR-09 of ${items} items of which 1 % throw, all others are done, and the poison is kept with why, how often, when and the original`, async () => {
    const handler = new ScriptedHandler(({ key }) => {
      if (isPoison(key)) throw new Error(`cannot read ${key}`);
    });
    const process = rig.start(handler);
    const payload = { bytes: 'as they came \u0000 \u2028' };
    await rig.enqueue(Array.from({ length: items }, (_, key) => ({ key: String(key), payload, correlation_id: `req-${key}` })));
    const begun = rig.clock.now();
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await process.work();
      rig.clock.time += 60_000;
    }
    const rows = await rig.rows();
    expect(rows).toHaveLength(items / POISON_EVERY);
    const done = new Set(handler.done);
    expect(Array.from({ length: items }, (_, key) => String(key)).filter((key) => !isPoison(key) && !done.has(key))).toEqual([]);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'dead', attempts: 8, last_error: `cannot read ${row.key}`, correlation_id: `req-${row.key}` });
      expect(row).toMatchObject({ payload: JSON.stringify(payload), first_failed_at: begun, last_failed_at: begun + 7 * 60_000 });
    }
    // What failed once never shares a batch again: each good item ran with its batch and at most once more alone.
    expect(handler.begun.length).toBeLessThan(items * 2 + rows.length * 9);
  }, 60_000);

  it('DUR-09 what hangs is cut, counts as failed, and what it does afterwards counts for nothing', async () => {
    const hanging = Promise.withResolvers<void>();
    const handler = new ScriptedHandler(({ key }) => (key === 'hangs' ? hanging.promise : undefined), 50);
    const process = rig.start(handler);
    await rig.enqueue([{ key: 'a' }, { key: 'hangs' }, { key: 'z' }]);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await process.work();
      rig.clock.time += 60_000;
    }
    expect(handler.done.sort()).toEqual(['a', 'z']);
    hanging.resolve();
    await process.work();
    expect(await rig.rows()).toMatchObject([{ key: 'hangs', state: 'dead', attempts: 8, last_error: 'not done within 50 ms' }]);
  }, 30_000);

  it('DUR-09 what ends the process that works on it is tried by itself, and becomes a dead letter', async () => {
    await rig.enqueue([{ key: 'deadly' }, { key: 'good' }]);
    let crashes = 0;
    const never = new Promise<void>(() => undefined);
    // Nothing is cut within the test: what is dead says nothing of its work.
    for (;;) {
      const crash = Promise.withResolvers<void>();
      const process = rig.start(
        new ScriptedHandler(({ key }) => {
          if (key !== 'deadly') return undefined;
          crash.resolve();
          return never;
        }),
      );
      const outcome = await Promise.race([crash.promise.then(() => 'crashed'), process.work().then(() => 'rests')]);
      if (outcome === 'rests') break;
      process.holders.kill();
      crashes += 1;
      expect(crashes).toBeLessThan(20);
    }
    expect(crashes).toBe(8);
    expect(await rig.rows()).toMatchObject([{ key: 'deadly', state: 'dead', attempts: 8 }]);
  }, 30_000);

  it('DUR-09 other tenants are served as before beside a tenant whose work hangs', async () => {
    const other = toTenantId('globex');
    const never = new Promise<void>(() => undefined);
    const handler = new ScriptedHandler((_, tenant) => (tenant === QUEUE_TENANT ? never : undefined));
    const process = rig.start(handler);
    await rig.enqueue([{ key: 'hangs' }]);
    process.runner.wake(QUEUE_TENANT);
    for (let number = 0; number < 50; number += 1) {
      await rig.enqueue([{ key: `n${number}` }], other);
      await process.work(other);
    }
    expect(handler.done).toHaveLength(50);
    expect(await rig.rows()).toMatchObject([{ key: 'hangs', attempts: 0 }]);
  }, 30_000);

  it('OPS-11 an item keeps its trace in a claim, when it is taken back and as a dead letter', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await rig.enqueue([{ key: 'a', traceparent }]);
    const claim = { kind: 'note', limit: 1, failedBefore: false, now: rig.clock.now(), holder: 'lost/1' };
    const claimed = await rig.store.claim(QUEUE_TENANT, claim);
    expect(claimed).toMatchObject([{ traceparent }]);
    expect(await rig.store.heldBy(QUEUE_TENANT, 'lost/1')).toEqual(claimed);
    for (const item of claimed) await rig.store.bury(QUEUE_TENANT, item, { error: 'lost', at: 1, otherwise: 1 });
    const foreign = { kind: 'note', key: 'b', payload: {}, correlation_id: 'req-b', traceparent };
    await rig.store.keepDead(QUEUE_TENANT, foreign, { error: 'tried elsewhere', attempts: 3, at: 1 });
    expect(await rig.rows()).toMatchObject([
      { key: 'a', state: 'dead', traceparent },
      { key: 'b', state: 'dead', traceparent },
    ]);
  });

  it('whoever lost an item cannot complete it, nor fail it', async () => {
    await rig.enqueue([{ key: 'a' }]);
    const claim = { kind: 'note', limit: 1, failedBefore: false, now: rig.clock.now() };
    const late = await rig.store.claim(QUEUE_TENANT, { ...claim, holder: 'late/1' });
    const process = rig.start(new ScriptedHandler(() => undefined));
    // The process that made the claim is not among the living: the item is taken back, and done.
    await process.work();
    expect(await rig.rows()).toEqual([]);
    await rig.enqueue([{ key: 'a' }]);
    expect(await rig.store.complete(QUEUE_TENANT, late, rig.clock.now())).toBe(1);
    for (const item of late) {
      expect(await rig.store.fail(QUEUE_TENANT, item, { error: 'late', at: 1, notBefore: 1 })).toBe(false);
      expect(await rig.store.bury(QUEUE_TENANT, item, { error: 'late', at: 1, otherwise: 1 })).toBe(false);
    }
    expect(await rig.rows()).toMatchObject([{ key: 'a', state: 'waiting', attempts: 0, last_error: null }]);
  });
});
