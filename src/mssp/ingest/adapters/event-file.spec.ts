import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EVENTS_1 } from '../../../../test/support/earlier-stores.js';
import { StoreVersionError } from '../../../platform/storage/migrations.js';
import { EVENT_FILE_VERSION } from './event-file-schema.js';
import { EventFile } from './event-file.js';

describe('an event file of an earlier version', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-event-file-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const shapeOf = (path: string): unknown => {
    const db = new DatabaseSync(path, { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    const shape = tables.map(({ name }) => [
      name,
      db.prepare(`SELECT name, type, "notnull", pk FROM pragma_table_info('${String(name)}')`).all(),
    ]);
    db.close();
    return shape;
  };

  it('is brought to the shape of a new one, with what it holds', () => {
    const [old, fresh] = [join(directory, 'old.db'), join(directory, 'new.db')];
    const first = new DatabaseSync(old);
    first.exec(EVENTS_1);
    first.exec("INSERT INTO hour_count (hour, kind, code, events) VALUES (0, 'received', '', 3)");
    first.close();
    for (const path of [old, fresh]) new EventFile(path, '2026-11').close();
    expect(shapeOf(old)).toEqual(shapeOf(fresh));
    const opened = new EventFile(old, '2026-11');
    expect(opened.one('PRAGMA user_version')).toEqual({ user_version: EVENT_FILE_VERSION });
    expect(opened.one('SELECT events FROM hour_count')).toEqual({ events: 3 });
    opened.close();
  });

  it('DUR-16 of a later version is refused with what to do, and left as it is', () => {
    const path = join(directory, 'later.db');
    const later = new DatabaseSync(path);
    later.exec(`PRAGMA user_version = ${EVENT_FILE_VERSION + 1}`);
    later.close();
    expect(() => new EventFile(path, '2026-11')).toThrow(StoreVersionError);
    expect(() => new EventFile(path, '2026-11')).toThrow(/start that version/);
  });
});
