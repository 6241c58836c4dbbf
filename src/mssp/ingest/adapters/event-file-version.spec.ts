import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreVersionError } from '../../../platform/storage/migrations.js';
import { EventFile } from './event-file.js';

describe('versions of event files', () => {
  it('DUR-16 a file of a later version is refused with what to do', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-version-'));
    const path = join(directory, 'events-2026-03.db');
    new EventFile(path, '2026-03').close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => new EventFile(path, '2026-03')).toThrow(StoreVersionError);
    expect(() => new EventFile(path, '2026-03')).toThrow(/99; this one knows 2.*start that version/);
    rmSync(directory, { recursive: true, force: true });
  });
});
