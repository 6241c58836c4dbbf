import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { TenantId } from '../../../contracts/tenant.js';
import type { EventDamage } from '../domain/event-damage.js';
import type { AppendReply, AppendRequest } from './append-protocol.js';
import { fromCrossing } from './crossing-chunk.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { TenantCiphers } from './tenant-ciphers.js';

/** Gives way where the processors are busy: 10 is what a system calls below normal, 0 is normal. Only Linux keeps it to this thread. */
const NICENESS = 5;
if (process.platform === 'linux') setPriority(NICENESS);

const ciphers = new TenantCiphers(true);
let damages: (readonly [TenantId, EventDamage])[] = [];
const store = new SqliteEventStore(workerData as string, ciphers, { onDamage: (tenant, damage) => void damages.push([tenant, damage]) });

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

function reply(failure?: AppendReply['failure']): void {
  parentPort?.postMessage({ failure, damages } satisfies AppendReply);
  damages = [];
}

function failureOf(error: unknown): AppendReply['failure'] {
  if (!(error instanceof Error)) return { message: String(error), errcode: undefined };
  const { errcode } = error as { errcode?: unknown };
  return { message: error.stack ?? error.message, errcode: typeof errcode === 'number' ? errcode : undefined };
}

parentPort?.on('message', (request: AppendRequest) => {
  answer(request).then(
    () => reply(),
    (error: unknown) => reply(failureOf(error)),
  );
});
