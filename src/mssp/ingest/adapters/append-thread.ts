import { Worker } from 'node:worker_threads';
import type { TenantId } from '../../../contracts/tenant.js';
import type { TenantKeySet } from '../../../platform/encryption/tenant-key-set.js';
import { heapLimits } from '../../../platform/storage/heap-limits.js';
import { workerScript } from '../../../platform/storage/worker-script.js';
import type { DamageListener } from '../domain/event-damage.js';
import type { NewChunk } from '../domain/event-store.js';
import type { AppendReply, AppendRequest } from './append-protocol.js';
import { bytesOf, toCrossing } from './crossing-chunk.js';

/** Storing takes about 5 ms a mebibyte; below this, handing it over costs more than it saves. */
const LARGE_FROM_BYTES = 1024 * 1024;
const LARGEST_KEPT = 16 * 1024 * 1024;

/**
 * Stores large chunks in a thread of its own, one after another: compressing, encrypting and syncing megabytes would hold up everybody whose
 * events are in the caller's thread. It is started with the first of them. Where it is lost, so is the caller's thread, which is recovered whole:
 * whether the last chunk was stored is known to the file alone.
 */
export class AppendThread {
  private worker: Worker | undefined;
  /** The originals of the chunk under way. */
  private memory = new SharedArrayBuffer(0);
  private last: Promise<void> = Promise.resolve();
  private readonly underWay = new Map<TenantId, Promise<void>>();

  constructor(
    private readonly dataDir: string,
    private readonly onDamage: DamageListener = () => undefined,
    private readonly largeFrom = LARGE_FROM_BYTES,
  ) {}

  /** Whether a chunk is so large that it is better stored here. */
  isFor(chunk: NewChunk): boolean {
    return bytesOf(chunk) >= this.largeFrom;
  }

  /** Stores a chunk of a tenant that has no other under way. @throws Error with nothing stored. */
  async append(tenant: TenantId, keys: TenantKeySet | null, chunk: NewChunk): Promise<void> {
    const appended = this.inTurn(() => this.ask({ op: 'append', tenant, keys, ...this.crossing(chunk) }));
    const over = appended.catch(() => undefined);
    this.underWay.set(tenant, over);
    try {
      await appended;
    } finally {
      this.underWay.delete(tenant);
    }
  }

  /** Resolves once nothing of a tenant is under way: two threads that write to one file would wait inside SQLite. */
  async idle(tenant: TenantId): Promise<void> {
    await this.underWay.get(tenant);
  }

  /** Closes a tenant's files and overwrites its keys. */
  async release(tenant: TenantId): Promise<void> {
    if (this.worker) await this.inTurn(() => this.ask({ op: 'release', tenant }));
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    await this.inTurn(() => this.ask({ op: 'close' }));
    this.worker = undefined;
    await worker.terminate();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private crossing(chunk: NewChunk): Pick<Extract<AppendRequest, { op: 'append' }>, 'chunk' | 'memory'> {
    const needed = bytesOf(chunk);
    const memory = this.memory.byteLength >= needed ? this.memory : new SharedArrayBuffer(needed);
    if (needed <= LARGEST_KEPT) this.memory = memory;
    return { chunk: toCrossing(chunk, new Uint8Array(memory)), memory };
  }

  private ask(request: AppendRequest): Promise<void> {
    const worker = (this.worker ??= this.start());
    return new Promise((resolve, reject) => {
      worker.once('message', ({ failure, damages }: AppendReply) => {
        for (const [tenant, damage] of damages) this.onDamage(tenant, damage);
        if (failure === undefined) resolve();
        else reject(Object.assign(new Error(failure.message), { errcode: failure.errcode }));
      });
      worker.postMessage(request);
    });
  }

  private start(): Worker {
    const worker = new Worker(workerScript('mssp/ingest/adapters/append.worker.js'), {
      workerData: this.dataDir,
      name: 'append',
      resourceLimits: heapLimits(),
    });
    worker.once('error', (error) => {
      throw error;
    });
    worker.once('exit', (code) => {
      if (this.worker === worker) throw new Error(`the thread that stores large chunks ended with code ${code}`);
    });
    return worker;
  }
}
