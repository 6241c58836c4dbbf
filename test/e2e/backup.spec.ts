import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BackupError } from '../../src/platform/backup/backup-manifest.js';
import { restoreBackup } from '../../src/platform/backup/restore-backup.js';
import { takeBackup } from '../../src/platform/backup/take-backup.js';
import { backupDrill } from '../support/backup-drill.js';
import { databaseFiles } from '../support/kill-cycles.js';
import { startApp } from '../support/running-app.js';
import { NO_FAULTS } from '../support/stored-events.js';

describe('backup and restore', () => {
  it('DUR-17 R47 a backup under load, restored elsewhere, has all that was acknowledged before its position', async () => {
    const report = await backupDrill(1_500);
    expect(report.backup).toMatchObject({ code: 0, err: '' });
    expect(report.restore).toMatchObject({ code: 0, err: '' });
    expect(report.verify).toMatchObject({ code: 0, out: expect.not.stringContaining('FAULT') });
    expect(report.acknowledgedBefore).toBeGreaterThan(0);
    expect(report.acknowledgedAfter).toBeGreaterThan(0);
    expect(report.faults).toEqual(NO_FAULTS);
    expect(report.again).toEqual([202, 202]);
  }, 60_000);

  describe('what is refused', () => {
    let place: string;
    let whole: string;
    beforeAll(async () => {
      place = mkdtempSync(join(tmpdir(), 'gatra-backup-'));
      whole = join(place, 'whole');
      const app = await startApp();
      const headers = { 'X-API-Key': app.apiKey('acme-corp', 'collector') };
      await app.http
        .post('/api/v1/events')
        .set(headers)
        .send({ source: 'generic', events: [{ message: 'one', host: 'ws-1' }] })
        .expect(202);
      await takeBackup({
        dataDir: app.dataDir,
        out: whole,
        withSecrets: true,
        hasCasesElsewhere: false,
        now: () => new Date().toISOString(),
      });
      await app.close();
    });
    afterAll(() => rmSync(place, { recursive: true, force: true }));

    const tried = (name: string, damage: (backup: string) => void): string => {
      const [backup, target] = [join(place, `${name}-backup`), join(place, `${name}-data`)];
      cpSync(whole, backup, { recursive: true });
      damage(backup);
      let message = '';
      try {
        restoreBackup(backup, target);
      } catch (error) {
        expect(error).toBeInstanceOf(BackupError);
        message = (error as Error).message;
      }
      expect([message, existsSync(target), existsSync(`${target}.restoring`)]).toEqual([message, message === '', false]);
      return message;
    };

    it('R47 restores a whole backup', () => {
      expect(tried('whole', () => undefined)).toBe('');
    });

    it('R47 restores into a volume: an empty directory that cannot be renamed, beside which nothing can be written', () => {
      const parent = join(place, 'mounts');
      const volume = join(parent, 'volume');
      mkdirSync(join(volume, 'lost+found'), { recursive: true });
      const { ino } = statSync(volume);
      writeFileSync(`${volume}.restoring`, 'in the way of whoever writes beside it');
      chmodSync(parent, 0o555);
      try {
        restoreBackup(whole, volume);
        expect(readdirSync(parent).toSorted()).toEqual(['volume', 'volume.restoring']);
      } finally {
        chmodSync(parent, 0o755);
      }
      expect(statSync(volume).ino).toBe(ino);
      expect(readdirSync(volume).toSorted()).toEqual(
        [...readdirSync(whole).filter((name) => name !== 'manifest.json'), 'lost+found'].toSorted(),
      );
      expect(() => restoreBackup(whole, volume)).toThrow('is not empty');
    });

    it('R47 refuses a volume in which a restore did not end', () => {
      const volume = join(place, 'half');
      mkdirSync(join(volume, '.restoring'), { recursive: true });
      expect(() => restoreBackup(whole, volume)).toThrow('of a restore that did not end');
    });

    it('R47 refuses a backup that was not finished, was changed, lacks a file or has one more, and leaves nothing behind', () => {
      const files = (backup: string): string[] => databaseFiles(backup);
      expect(tried('unfinished', (backup) => rmSync(join(backup, 'manifest.json')))).toContain('no finished backup');
      expect(tried('longer', (backup) => appendFileSync(files(backup)[0] ?? '', 'x'))).toContain('is not what was backed up');
      expect(
        tried('flipped', (backup) => {
          const file = join(backup, 'platform.db');
          const bytes = readFileSync(file);
          bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
          writeFileSync(file, bytes);
        }),
      ).toContain('platform.db is not what was backed up');
      expect(tried('fewer', (backup) => rmSync(files(backup)[0] ?? ''))).toContain('is missing');
      expect(tried('more', (backup) => writeFileSync(join(backup, 'extra.db'), ''))).toContain('does not name it');
      expect(
        tried('later', (backup) => {
          const file = join(backup, 'manifest.json');
          writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
        }),
      ).toContain('version 2');
      expect(
        tried('outside', (backup) => {
          const file = join(backup, 'manifest.json');
          writeFileSync(file, readFileSync(file, 'utf8').replace('"platform.db"', '"../platform.db"'));
        }),
      ).toContain('names files that no backup has');
    });

    it('R47 refuses to restore over anything, and to back up into a directory that holds something', async () => {
      const used = join(place, 'used');
      mkdirSync(used);
      writeFileSync(join(used, 'mine'), 'mine');
      expect(() => restoreBackup(whole, used)).toThrow('is not empty');
      await expect(takeBackup({ dataDir: whole, out: used, withSecrets: false, hasCasesElsewhere: false, now: () => '' })).rejects.toThrow(
        'is not empty',
      );
      expect(readFileSync(join(used, 'mine'), 'utf8')).toBe('mine');
    });

    it('R47 does not back up a data directory whose audit log is broken', async () => {
      const broken = join(place, 'broken');
      restoreBackup(whole, broken);
      const db = new DatabaseSync(join(broken, 'platform.db'));
      db.exec("DROP TRIGGER audit_log_no_update; UPDATE audit_log SET actor = 'nobody' WHERE idx = 1");
      db.close();
      const backup = takeBackup({
        dataDir: broken,
        out: join(place, 'of-broken'),
        withSecrets: false,
        hasCasesElsewhere: false,
        now: () => '',
      });
      await expect(backup).rejects.toThrow('record 1 its columns do not say what its record says');
    });
  });
});
