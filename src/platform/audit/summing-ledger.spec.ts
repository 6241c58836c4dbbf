import fc from 'fast-check';
import type { AuditEntry } from './audit-record.js';
import { SummingLedger, type LedgerEntry } from './summing-ledger.js';

const LIMITS = { oneByOne: 3, groupsPerLog: 5, windowMs: 60_000 };

const refusal = (source: string, action = 'credential.refused', log = 'platform', id = 'anonymous'): LedgerEntry => ({
  log,
  entry: {
    action,
    actor: { type: 'anonymous', id },
    target: { type: 'route', id: 'POST /api/v1/auth/token' },
    outcome: 'refused',
    correlation_id: 'req-1',
    source_ip: source,
    details: { reason: 'malformed' },
  },
});
const countOf = (entry: AuditEntry): number => Number(entry.details?.['count'] ?? 1);

describe('the ledger of what happens often', () => {
  it('AUD-05 writes the first ones one by one and counts the others into one record', () => {
    const ledger = new SummingLedger(LIMITS);
    for (let n = 0; n < 1_000; n++) ledger.note(refusal('192.0.2.1'), 1_000 + n);
    const first = ledger.take(2_000);
    expect(first.map(({ entry }) => entry)).toEqual(
      [refusal('').entry, refusal('').entry, refusal('').entry].map((entry) => ({ ...entry, source_ip: '192.0.2.1' })),
    );
    expect(ledger.take(60_999)).toEqual([]);
    const [rest, ...more] = ledger.take(61_000);
    expect(more).toEqual([]);
    expect(rest?.entry).toMatchObject({
      source_ip: '192.0.2.1',
      details: { reason: 'malformed', count: 997, from: '1970-01-01T00:00:01.000Z', to: '1970-01-01T00:00:01.999Z' },
    });
    expect(ledger.isEmpty).toBe(true);
  });

  it('DUR-15 a clock that is set back by a day holds nothing up', () => {
    const ledger = new SummingLedger(LIMITS);
    const day = 86_400_000;
    for (let n = 0; n < 10; n++) ledger.note(refusal('192.0.2.1'), 2 * day);
    expect(ledger.take(2 * day)).toHaveLength(3);
    expect(ledger.take(day)).toEqual([
      expect.objectContaining({ entry: expect.objectContaining({ details: expect.objectContaining({ count: 7 }) }) }),
    ]);
    ledger.note(refusal('192.0.2.1'), day);
    expect(ledger.take(day)).toHaveLength(1);
  });

  it('AUD-05 adds the numbers of those that are written as one', () => {
    const ledger = new SummingLedger({ ...LIMITS, oneByOne: 1 });
    const sent = (events: number): LedgerEntry => {
      const { log, entry } = refusal('192.0.2.1', 'events.received');
      return { log, entry: { ...entry, details: { events, form: 'lines' } } };
    };
    for (const events of [5, 70, 900]) ledger.note(sent(events), 1_000);
    const [first, rest] = ledger.take(70_000);
    expect(first?.entry.details).toEqual({ events: 5, form: 'lines' });
    expect(rest?.entry.details).toMatchObject({ events: 970, form: 'lines', count: 2 });
  });

  it('AUD-05 an attack from 10,000 addresses leaves a bounded number of records, in the log that is attacked alone', () => {
    const ledger = new SummingLedger(LIMITS);
    for (let n = 0; n < 10_000; n++) ledger.note(refusal(`10.0.${n >> 8}.${n & 255}`, 'credential.refused', 'acme-corp'), n);
    ledger.note(refusal('192.0.2.9', 'access.refused', 'globex', 'jo'), 10_000);
    const written = ledger.take(20_000, true);
    const attacked = written.filter(({ log }) => log === 'acme-corp');
    expect(attacked.length).toBeLessThanOrEqual(LIMITS.groupsPerLog + 1);
    expect(attacked.reduce((sum, { entry }) => sum + countOf(entry), 0)).toBe(10_000);
    expect(attacked.find(({ entry }) => entry.source_ip === undefined)?.entry).toMatchObject({
      actor: { type: 'anonymous', id: 'many' },
      details: { count: 10_000 - LIMITS.groupsPerLog },
    });
    expect(written.filter(({ log }) => log === 'globex')).toEqual([refusal('192.0.2.9', 'access.refused', 'globex', 'jo')]);
  });

  it('AUD-05 whatever happens, what is written adds up to what was noted', () => {
    const step = fc.record({
      source: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6', '192.0.2.7'),
      action: fc.constantFrom('credential.refused', 'limit.hit'),
      log: fc.constantFrom('platform', 'acme-corp'),
      pause: fc.nat(30_000),
      take: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const ledger = new SummingLedger(LIMITS);
        const written: LedgerEntry[] = [];
        let now = 0;
        for (const { source, action, log, pause, take } of steps) {
          now += pause;
          ledger.note(refusal(source, action, log), now);
          if (take) written.push(...ledger.take(now));
        }
        written.push(...ledger.take(now, true));
        for (const log of ['platform', 'acme-corp']) {
          const noted = steps.filter((one) => one.log === log).length;
          const found = written.filter((one) => one.log === log).reduce((sum, { entry }) => sum + countOf(entry), 0);
          expect(found).toBe(noted);
        }
        expect(ledger.isEmpty).toBe(true);
      }),
    );
  });
});
