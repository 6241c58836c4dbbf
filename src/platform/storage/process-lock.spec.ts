import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessLock } from './process-lock.js';

describe('ProcessLock', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-lock-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('lets one in at a time', async () => {
    const file = join(directory, 'deep', 'a.lock');
    let inside = 0;
    let most = 0;
    const locks = Array.from({ length: 5 }, () => new ProcessLock(file));
    await Promise.all(
      locks.map((lock) =>
        lock.exclusively(async () => {
          most = Math.max(most, (inside += 1));
          await new Promise((done) => setTimeout(done, 5));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    for (const lock of locks) lock.close();
  });

  it('is free again after work that failed, and is refused once patience is over', async () => {
    const file = join(directory, 'a.lock');
    const [first, second] = [new ProcessLock(file), new ProcessLock(file, 20)];
    await expect(first.exclusively(() => Promise.reject(new Error('work failed')))).rejects.toThrow('work failed');
    await first.exclusively(async () => {
      await expect(second.exclusively(() => 'in')).rejects.toThrow(/locked/);
    });
    expect(await second.exclusively(() => 'in')).toBe('in');
    first.close();
    second.close();
  });
});
