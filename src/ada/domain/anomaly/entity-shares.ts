import { CountSketch } from '../statistical/count-sketch.js';
import type { KeyHash } from '../statistical/key-hash.js';
import { ANOMALY } from './tuning.js';

const { most, of, width } = ANOMALY.entities;

/** Caps what one entity may teach: at most so many of every so many points. */
export class EntityShares {
  private readonly counts = new CountSketch(width);
  private seen = 0;

  /** Counts a point; false where its entity has had its share. */
  admits(entity: KeyHash): boolean {
    if (++this.seen > of) {
      this.counts.clear();
      this.seen = 1;
    }
    return this.counts.increment(entity) <= most;
  }

  get byteLength(): number {
    return 4 + this.counts.byteLength;
  }

  write(target: DataView, offset: number): void {
    target.setUint32(offset, this.seen, true);
    this.counts.write(target, offset + 4);
  }

  read(source: DataView, offset: number): void {
    this.seen = source.getUint32(offset, true);
    this.counts.read(source, offset + 4);
  }
}
