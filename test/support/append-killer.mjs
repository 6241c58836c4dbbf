/** Loaded before everything else: ends the thread that stores large chunks, in the way and at the point that a file says. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { parentPort, threadName } from 'node:worker_threads';

const order = process.env.APPEND_KILL_FILE ?? '';

function ordered(point) {
  if (!existsSync(order)) return undefined;
  const [way, when] = readFileSync(order, 'utf8').split(' ');
  if (when !== point) return undefined;
  rmSync(order, { force: true });
  return way;
}

function end(way) {
  if (way === 'exit') process.exit(0);
  if (way === 'exhaust') for (const hoard = []; ;) hoard.push(Array.from({ length: 100_000 }, () => ({})));
  throw new Error('this thread was told to die');
}

if (threadName === 'append' && parentPort) {
  const { on, postMessage } = parentPort;
  parentPort.on = (event, listener) =>
    on.call(parentPort, event, (message) => {
      const way = message.op === 'append' ? ordered('before') : undefined;
      if (way !== undefined) end(way);
      listener(message);
    });
  parentPort.postMessage = (message) => {
    const way = ordered('after');
    if (way !== undefined) end(way);
    postMessage.call(parentPort, message);
  };
}
