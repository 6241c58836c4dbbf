import { join } from 'node:path';
import { ProcessLock } from '../../platform/storage/process-lock.js';

/**
 * Runs `work` while no process on the data directory removes events of any tenant: who has put on a legal hold, and has been here, knows that nothing is
 * removed any more. @throws where the lock is not to be had in half a minute.
 */
export async function aloneInRetention<T>(dataDir: string, work: () => T | Promise<T>): Promise<T> {
  const lock = new ProcessLock(join(dataDir, 'locks', 'retention.lock'));
  try {
    return await lock.exclusively(work);
  } finally {
    lock.close();
  }
}
