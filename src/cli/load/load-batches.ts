import { promisify } from 'node:util';
import { gzip as gzipBytes } from 'node:zlib';
import type { EventSupply } from '../demo/event-batch.js';
import { fileSupply } from '../demo/file-supply.js';
import { endlessSupply } from '../demo/generated-supply.js';

const gzip = promisify(gzipBytes);
const LINE_END = Buffer.from('\n');
/** Batches that are made before they are needed. */
const AHEAD = 64;

/** A request's body, ready to be sent. */
export interface LoadBatch {
  readonly source: string;
  readonly events: number;
  readonly body: Buffer;
}

export interface BatchOptions {
  /** Events in a batch. */
  readonly size: number;
  readonly gzip: boolean;
  /** Files and directories of NDJSON; where there are none, events are generated. */
  readonly files: readonly string[];
  readonly seed: number;
  /** Day of the first generated events; later ones are of the days after. */
  readonly from: Date;
  /** Make so many batches and send them over and over; 0 makes new ones throughout. */
  readonly pool: number;
}

/** An endless supply of batches, some of them made ahead, so that making them delays no request. */
export class LoadBatches {
  private readonly made: LoadBatch[] = [];
  private readonly source: AsyncGenerator<LoadBatch>;
  private filling: Promise<void> | undefined;
  private turn = 0;

  constructor(private readonly options: BatchOptions) {
    this.source = batches(options);
  }

  /** Makes the first ones. @throws Error where files cannot be read, or hold nothing. */
  async prepare(): Promise<void> {
    await this.fill(this.options.pool || AHEAD);
  }

  async next(): Promise<LoadBatch> {
    const { pool } = this.options;
    const batch = pool > 0 ? this.made[this.turn++ % this.made.length] : this.made.shift();
    if (pool === 0 && this.made.length < AHEAD / 2) this.filling ??= this.fill(AHEAD).finally(() => (this.filling = undefined));
    if (batch) return batch;
    await this.filling;
    return this.next();
  }

  private async fill(wanted: number): Promise<void> {
    while (this.made.length < wanted) {
      const { value, done } = await this.source.next();
      if (done) throw new Error('there are no events to send');
      this.made.push(value);
    }
  }
}

async function* batches({ size, gzip: packs, files, seed, from }: BatchOptions): AsyncGenerator<LoadBatch> {
  const supply: EventSupply = files.length > 0 ? fileSupply(files, size) : endlessSupply(seed, from, size);
  for (;;) {
    let any = false;
    for await (const { source, lines } of supply.batches()) {
      any = true;
      const plain = Buffer.concat(lines.flatMap((line) => [line, LINE_END]));
      yield { source, events: lines.length, body: packs ? await gzip(plain) : plain };
    }
    if (!any) return;
  }
}
