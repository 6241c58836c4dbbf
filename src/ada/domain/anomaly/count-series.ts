import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { AnomalyFinding } from './anomaly-finding.js';
import { type Kept, keptTogether } from './kept.js';
import { SeriesWatch } from './series-watch.js';
import { Spot } from './spot.js';
import { ANOMALY } from './tuning.js';
import { EDGE_TYPES, type EdgeType } from './typed-edges.js';

const { slot: SLOT } = ANOMALY.series;
const MOST_EMPTY = 288;

/** How many edges of each type a tenant has every five minutes, each as a series with its times of day. */
export class CountSeries {
  private readonly watches = EDGE_TYPES.map(() => new SeriesWatch());
  private readonly spots = EDGE_TYPES.map(() => new Spot(ANOMALY.spot));
  private readonly counts = new Float64Array(EDGE_TYPES.length);
  private readonly state = new Float64Array(1).fill(Number.NaN);
  /** Its state, for snapshots. */
  readonly kept: Kept = keptTogether([
    ...this.watches.map(({ kept }) => kept),
    ...this.spots,
    keptArray(this.counts),
    keptArray(this.state),
  ]);

  /** Moves on to a time. Where that ends a slot it is judged; `event` is the one that ended it. Slots without events count as zero. */
  enter(event: SecurityEvent, now: number, risk: number): AnomalyFinding | undefined {
    const slot = Math.floor(now / SLOT);
    const [running = Number.NaN] = this.state;
    if (slot <= running) return undefined;
    this.state[0] = slot;
    if (Number.isNaN(running)) return undefined;
    const found = this.close(event, running, risk);
    this.counts.fill(0);
    for (let empty = Math.max(running + 1, slot - MOST_EMPTY); empty < slot; empty++) this.close(event, empty, risk);
    return found;
  }

  /** Begins anew at a time where the slot that runs lies beyond it. */
  comeBack(now: number): void {
    if (!(this.state[0]! > Math.floor(now / SLOT))) return;
    this.state[0] = Number.NaN;
    this.counts.fill(0);
  }

  count(type: EdgeType): void {
    this.counts[EDGE_TYPES.indexOf(type)]!++;
  }

  private close(event: SecurityEvent, slot: number, risk: number): AnomalyFinding | undefined {
    let found: AnomalyFinding | undefined;
    for (const [i, type] of EDGE_TYPES.entries()) {
      const seen = this.counts[i]!;
      const spot = this.spots[i]!;
      const limit = spot.isCalibrated ? spot.scoreAt(risk) : Infinity;
      const { isAlarm, score, by, expected } = this.watches[i]!.observe(slot * SLOT, seen, limit);
      const chance = spot.chance(score);
      spot.learn(score);
      if (!isAlarm || (found !== undefined && found.chance <= chance)) continue;
      found = {
        kind: 'series',
        event,
        subject: `${type} count`,
        chance,
        type,
        seen,
        by,
        expected,
        from: slot * SLOT,
        to: (slot + 1) * SLOT,
      };
    }
    return found;
  }
}

function keptArray(values: Float64Array): Kept {
  return {
    byteLength: values.byteLength,
    write: (target, offset) => values.forEach((value, i) => target.setFloat64(offset + i * 8, value, true)),
    read: (source, offset) => values.forEach((_, i) => (values[i] = source.getFloat64(offset + i * 8, true))),
  };
}
