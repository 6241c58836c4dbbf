import type { BuiltApp } from './built-app.js';

/** What an app is started with whose garbage is to be collected. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

const COLLECT = { id: 1, method: 'HeapProfiler.collectGarbage' } as const;
/** Threads are told of at once; none is told of later. */
const THREADS_MS = 500;

interface Said {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId: string; readonly message?: string };
}

/** Has every thread of an app collect all garbage that it has, over the inspector's protocol; resolves once all have. */
export async function collectGarbage({ printed }: BuiltApp): Promise<void> {
  const url = printed.map((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
  if (url === undefined) throw new Error('the app cannot be inspected');
  const socket = new WebSocket(url);
  const threads: string[] = [];
  const done = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    const finish = (): void => {
      if (done.size > threads.length) resolve();
    };
    socket.addEventListener('error', () => reject(new Error('the inspector cannot be reached')));
    socket.addEventListener('message', ({ data }) => {
      const { id, method, params } = JSON.parse(String(data)) as Said;
      if (method === 'NodeWorker.attachedToWorker' && params) threads.push(params.sessionId);
      if (method === 'NodeWorker.receivedMessageFromWorker' && params) done.add(params.sessionId);
      if (id === COLLECT.id) done.add('main');
      if (done.size > 0) finish();
    });
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ id: 0, method: 'NodeWorker.enable', params: { waitForDebuggerOnStart: false } }));
      setTimeout(() => {
        socket.send(JSON.stringify(COLLECT));
        for (const sessionId of threads) {
          const params = { sessionId, message: JSON.stringify(COLLECT) };
          socket.send(JSON.stringify({ id: 2, method: 'NodeWorker.sendMessageToWorker', params }));
        }
      }, THREADS_MS);
    });
  });
  socket.close();
}
