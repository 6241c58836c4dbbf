import { StoredCopyProgress } from '../../src/mssp/lake/adapters/stored-copy-progress.js';
import { describeOnEngines } from '../support/store-engines.js';
import { OTHER, TENANT } from './event-store-fixtures.js';

const NOTHING = { events: null, audit: 0, alerts: null, completeUntil: null };

describeOnEngines('CopyProgress', (open) => {
  it('keeps the last that was noted, by tenant and by lake, for every process', async () => {
    const stores = await open();
    const other = await stores.beside();
    try {
      const progress = new StoredCopyProgress(stores.tenants);
      expect(await progress.read(TENANT, 'one')).toEqual(NOTHING);
      await progress.keep(TENANT, 'one', { events: null, audit: 3, alerts: null, completeUntil: 1_700_000_000_123 }, NOTHING);
      const last = {
        events: { month: '2026-11', sequence: 7, record: 500, batch: 'batch-9', earlier: [{ month: '2026-10', sequence: 4, record: 0 }] },
        audit: 12,
        alerts: '2026-11-22T12:00:00.000Z',
        completeUntil: null,
      };
      await progress.keep(TENANT, 'one', last, NOTHING);
      const seen = new StoredCopyProgress(other.tenants);
      expect(await seen.read(TENANT, 'one')).toEqual(last);
      expect(await seen.read(TENANT, 'two')).toEqual(NOTHING);
      expect(await seen.read(OTHER, 'one')).toEqual(NOTHING);
      await seen.forget(TENANT, 'one');
      await progress.keep(TENANT, 'one', { ...last, audit: 13 }, last);
      expect(await progress.read(TENANT, 'one')).toEqual(NOTHING);
      await progress.keep(TENANT, 'one', last, NOTHING);
      expect(await seen.read(TENANT, 'one')).toEqual(last);
    } finally {
      await other.close();
      await stores.close();
    }
  });
});
