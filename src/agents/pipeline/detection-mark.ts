import type { DetectionWatch } from '../../ada/domain/detection-watch.js';
import type { TenantId } from '../../contracts/tenant.js';

const TURN = 0;
const SUBJECT = 1;
const CELLS = 2;
const LAST_TURN = 0x7fff_ffff;

/** What a thread's detectors are at: which turn, and whose events or which event. Turn 0: they are at nothing. */
export interface MarkedTurn {
  readonly turn: number;
  readonly subject: number;
}

/** Memory that a thread and whoever watches it share: it can be read even when the thread never comes back. */
export function newMark(): SharedArrayBuffer {
  return new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT);
}

/** What stands in a mark. */
export function readMark(memory: SharedArrayBuffer): MarkedTurn {
  const cells = new Int32Array(memory);
  return { turn: Atomics.load(cells, TURN), subject: Atomics.load(cells, SUBJECT) };
}

/** Marks what detectors are at, from the side of the thread. */
export class DetectionMark implements DetectionWatch {
  private readonly cells: Int32Array;
  private readonly numbers = new Map<TenantId, number>();
  private turn = 0;

  constructor(memory: SharedArrayBuffer) {
    this.cells = new Int32Array(memory);
  }

  /** Marks a tenant's turns with this number from now on. */
  name(tenant: TenantId, number: number): void {
    this.numbers.set(tenant, number);
  }

  /** Begins a turn, which lasts until the next begins or `end`. */
  begin(subject: number): void {
    this.turn = (this.turn % LAST_TURN) + 1;
    Atomics.store(this.cells, SUBJECT, subject);
    Atomics.store(this.cells, TURN, this.turn);
  }

  end(): void {
    Atomics.store(this.cells, TURN, 0);
  }

  during<T>(tenant: TenantId, work: () => T): T {
    this.begin(this.numbers.get(tenant) ?? 0);
    try {
      return work();
    } finally {
      this.end();
    }
  }
}
