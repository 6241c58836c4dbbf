import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { AsideMessage } from './aside-thread.js';

/** Answers requests in a thread beside the others, below them in priority. */
export function serveAside(answer: (request: unknown) => unknown): void {
  // Elsewhere than on Linux a priority is that of the whole process.
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const say = (message: AsideMessage<unknown>): void => parentPort?.postMessage(message);
  parentPort?.on('message', (request: unknown) => {
    try {
      say({ say: 'done', value: answer(request) });
    } catch (error) {
      say({ say: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  say({ say: 'ready' });
}
