import { toTenantId } from '../../../../contracts/tenant.js';
import { EVENT_COLUMNS, RECORD_COLUMNS } from './clickhouse-columns.js';
import { clickHousePlaceOf } from './clickhouse-place.js';
import { changeExpiry, createTables, SCHEMA, schemaFault, type FoundColumn, type FoundTable } from './clickhouse-schema.js';

const PLACE = clickHousePlaceOf(toTenantId('acme-corp'));
const table = (name: string, changes: Partial<FoundTable> = {}): FoundTable => ({
  name,
  comment: `GATRA schema ${SCHEMA}`,
  engine_full: 'ReplacingMergeTree PARTITION BY toYYYYMM(received_at) ORDER BY (batch_id, idx)',
  ...changes,
});
const TABLES = [table('events'), table('records')];
const COLUMNS: readonly FoundColumn[] = [
  ...EVENT_COLUMNS.map(({ name, type }) => ({ table: 'events', name, type })),
  ...RECORD_COLUMNS.map(({ name, type }) => ({ table: 'records', name, type })),
];
const changed = (column: string, type: string): readonly FoundColumn[] =>
  COLUMNS.map((found) => (found.name === column ? { ...found, type } : found));

describe('the tables of a place', () => {
  it('are right as they are made, and with columns of others besides', () => {
    expect(schemaFault(TABLES, COLUMNS)).toBeUndefined();
    expect(
      schemaFault([...TABLES, table('theirs', { comment: '' })], [...COLUMNS, { table: 'events', name: 'note', type: 'String' }]),
    ).toBeUndefined();
  });

  it.each<[string, readonly FoundTable[], readonly FoundColumn[]]>([
    ['has no table records', [table('events')], COLUMNS],
    ['has no column events.folded (String)', TABLES, COLUMNS.filter(({ name }) => name !== 'folded')],
    ['has a column events.dst_port that is String and must be Nullable(UInt16)', TABLES, changed('dst_port', 'String')],
    ['has a table events that GATRA has not made', [table('events', { comment: 'mine' }), table('records')], COLUMNS],
    [
      'has a table events of schema 2, and this version of GATRA knows 1 at most',
      [table('events', { comment: 'GATRA schema 2' }), table('records')],
      COLUMNS,
    ],
    [
      'has no column events.folded (String), as its schema is 0 and must be 1',
      [table('events', { comment: 'GATRA schema 0' }), table('records')],
      COLUMNS.filter(({ name }) => name !== 'folded'),
    ],
  ])('are refused: %s', (fault, tables, columns) => expect(schemaFault(tables, columns)).toBe(fault));

  it('are made for ever, or for so many days', () => {
    expect(createTables(PLACE, undefined).join()).not.toContain('TTL');
    expect(createTables(PLACE, 30)[0]).toContain('TTL toDateTime(received_at) + toIntervalDay(30)');
    expect(createTables(PLACE, 30)[1]).not.toContain('TTL');
  });

  it('are changed where events expire at another time than they should', () => {
    const thirty = [
      table('events', { engine_full: 'ReplacingMergeTree ORDER BY x TTL toDateTime(received_at) + toIntervalDay(30) SETTINGS a = 1' }),
    ];
    expect(changeExpiry(PLACE, TABLES, undefined)).toBeUndefined();
    expect(changeExpiry(PLACE, thirty, 30)).toBeUndefined();
    expect(changeExpiry(PLACE, thirty, undefined)).toBe('ALTER TABLE `gatra_acme_corp`.events REMOVE TTL');
    expect(changeExpiry(PLACE, thirty, 7)).toBe(
      'ALTER TABLE `gatra_acme_corp`.events MODIFY TTL toDateTime(received_at) + toIntervalDay(7)',
    );
    expect(changeExpiry(PLACE, TABLES, 7)).toContain('MODIFY TTL');
  });
});
