import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { AppendReply, AppendRequest } from './append-protocol.js';
import { fromCrossing } from './crossing-chunk.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { TenantCiphers } from './tenant-ciphers.js';

/** Gives way where the processors are busy: 10 is what a system calls below normal, 0 is normal. Only Linux keeps it to this thread. */
const NICENESS = 5;
if (process.platform === 'linux') setPriority(NICENESS);

const ciphers = new TenantCiphers(true);
const store = new SqliteEventStore(workerData as string, ciphers);

async function answer(request: AppendRequest): Promise<void> {
  if (request.op === 'close') return store.close();
  const { tenant } = request;
  if (request.op === 'release') {
    ciphers.retire(tenant);
    return store.release(tenant);
  }
  ciphers.open(tenant, request.keys);
  return store.append(tenant, fromCrossing(request.chunk, new Uint8Array(request.memory)));
}

function reply(failure?: string): void {
  parentPort?.postMessage({ failure } satisfies AppendReply);
}

parentPort?.on('message', (request: AppendRequest) => {
  answer(request).then(
    () => reply(),
    (error: unknown) => reply(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
});
