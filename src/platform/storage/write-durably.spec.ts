import { checkDurableWrites } from '../../../test/support/forgetful-disk.js';
import { makeDirectoryDurably, writeDurably } from './write-durably.js';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('writing a file durably', () => {
  it('DUR-03 leaves the old content or the new one wherever the power is cut, and the new one once it has returned', () => {
    checkDurableWrites(5_000);
  });

  it('DUR-03 works on a real disk, for the owner alone', () => {
    const place = mkdtempSync(join(tmpdir(), 'gatra-durable-'));
    const directory = join(place, 'a', 'b');
    makeDirectoryDurably(directory);
    makeDirectoryDurably(directory);
    const file = join(directory, 'file');
    for (const content of ['one', 'two'.repeat(100_000)]) {
      writeDurably(file, content);
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    rmSync(place, { recursive: true });
  });
});
