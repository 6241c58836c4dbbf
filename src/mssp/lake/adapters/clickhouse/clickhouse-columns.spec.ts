import fc from 'fast-check';
import { toLakeEvent } from '../../domain/to-lake-event.js';
import type { LakeEvent } from '../../domain/lake-event.js';
import { EVENT_COLUMNS, RECORD_COLUMNS, rowOf } from './clickhouse-columns.js';

const RECEIVED = Date.UTC(2026, 10, 1, 12);

function event(said: Readonly<Record<string, unknown>>, changes: Partial<LakeEvent> = {}): LakeEvent {
  const raw = JSON.stringify(said);
  const read = toLakeEvent({ batch_id: 'b', index: 3, received_at: RECEIVED, source: 'auto', raw, rules: ['rule-1'] });
  if (!read) throw new Error('cannot be read');
  return { ...read, ...changes };
}

function valuesOf(item: LakeEvent): Readonly<Record<string, unknown>> {
  const row = rowOf(EVENT_COLUMNS, item);
  return Object.fromEntries(EVENT_COLUMNS.map(({ name }, at) => [name, row[at]]));
}

describe('rows for ClickHouse', () => {
  it('hold what was understood and the original', () => {
    const raw = { '@timestamp': '2026-11-01T11:59:59.123Z', host: 'WS-1', user: 'alice', message: 'İ' };
    expect(valuesOf(event(raw))).toMatchObject({
      batch_id: 'b',
      idx: 3,
      received_at: '2026-11-01 12:00:00.000',
      event_time: '2026-11-01 11:59:59.123',
      event_ms: Date.UTC(2026, 10, 1, 11, 59, 59, 123),
      source: 'auto',
      format: 'generic',
      host: 'WS-1',
      user: 'alice',
      dst_port: null,
      rules: ['rule-1'],
      raw: JSON.stringify(raw),
      folded: JSON.stringify(raw).toLowerCase(),
    });
  });

  it.each([
    [-62_135_596_800_000, '1900-01-01 00:00:00.000'],
    [253_402_300_799_999, '2299-12-31 23:59:59.999'],
    [8_640_000_000_000_000, '2299-12-31 23:59:59.999'],
    [-1.5, '1969-12-31 23:59:59.998'],
  ])('of an event time %d have the nearest moment beside the exact one', (time, moment) => {
    const values = valuesOf(event({ host: 'ws-1' }, { time }));
    expect(values['event_time']).toBe(moment);
    expect(values['event_ms']).toBe(Math.floor(time));
  });

  it('have nothing in them that ClickHouse cannot read, whatever an event says', () => {
    const text = fc.string({ unit: 'binary' });
    const said = fc.record({
      host: text,
      user: text,
      message: text,
      process: text,
      hashes: fc.array(text),
      dst_port: fc.anything(),
      '@timestamp': text,
    });
    fc.assert(
      fc.property(said, fc.array(text), (values, rules) => {
        const row = rowOf(EVENT_COLUMNS, { ...event({ a: 1 }), ...asRead(values), rules });
        expect(row).toHaveLength(EVENT_COLUMNS.length);
        expect(JSON.stringify(row)).not.toMatch(/\\ud[89a-f]/i);
        expect(row).not.toContain(undefined);
      }),
    );
  });

  it.each([
    [443, 443],
    [70_000, null],
    [1.5, null],
    [-1, null],
  ])('have a port of %d as %p', (dst_port, stored) => {
    const { normalized } = event({ host: 'ws-1' });
    expect(valuesOf(event({ host: 'ws-1' }, { normalized: { ...normalized, dst_port } }))['dst_port']).toBe(stored);
  });

  it('of records have the body as a text', () => {
    const record = { kind: 'alert', id: 'a@1', at: RECEIVED, body: { title: '\ud83e', n: 1 } } as const;
    expect(rowOf(RECORD_COLUMNS, record)).toEqual(['alert', 'a@1', '2026-11-01 12:00:00.000', RECEIVED, '{"title":"\\ud83e","n":1}']);
  });
});

function asRead(said: Readonly<Record<string, unknown>>): Partial<LakeEvent> {
  return toLakeEvent({ batch_id: 'b', index: 0, received_at: RECEIVED, source: 'auto', raw: JSON.stringify(said), rules: [] }) ?? {};
}
