import { PLATFORM_LOG } from '../../src/platform/audit/audit-log.js';
import type { AuditEntry } from '../../src/platform/audit/audit-record.js';
import { SqliteAuditLog } from '../../src/platform/audit/sqlite-audit-log.js';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import { SqlClockRecords } from '../../src/mssp/retention/adapters/sql-clock-records.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const DEED: AuditEntry = {
  action: 'retention.clock_trusted',
  actor: { type: 'system', id: 'test' },
  target: { type: 'clock', id: 'now' },
  outcome: 'success',
  correlation_id: 'retention',
};

describeOnEngines('what was seen of the clock', (open) => {
  let stores: OpenedStores;
  beforeEach(async () => {
    stores = await open();
  });
  afterEach(() => stores.close());

  it('DUR-15 R47 is the latest time of all processes, and the latest month in which others were stored', async () => {
    const beside = await stores.beside();
    const [here, there] = [new SqlClockRecords(stores.platform), new SqlClockRecords(beside.platform)];
    expect(await here.read()).toEqual({ believed: null, written: new Map() });
    await Promise.all([here.believe(NOON), there.believe(NOON + 1), here.believe(NOON - 1)]);
    await here.noteWritten('2000-01', '2026-11');
    await there.noteWritten('2000-01', '2026-10');
    await there.noteWritten('2000-02', '2026-11');
    const written = new Map([
      ['2000-01', '2026-11'],
      ['2000-02', '2026-11'],
    ]);
    expect(await here.read()).toEqual({ believed: NOON + 1, written });
    await beside.close();
  });

  it('DUR-15 R47 is replaced with the record of who says so, by an earlier time too', async () => {
    const records = new SqlClockRecords(stores.platform);
    await records.believe(NOON);
    await records.noteWritten('2000-01', '2026-11');
    await records.replace({ believed: NOON - 1, written: new Map([['2000-02', '2026-10']]) }, DEED);
    expect(await records.read()).toEqual({ believed: NOON - 1, written: new Map([['2000-02', '2026-10']]) });
    await records.replace({ believed: NOON, written: new Map() }, DEED);
    expect(await records.read()).toEqual({ believed: NOON, written: new Map() });
    const audit = new SqliteAuditLog(stores.tenants, stores.platform, new SystemClock());
    expect(await audit.list(PLATFORM_LOG, { action: [DEED.action], limit: 9 })).toHaveLength(2);
  });
});
