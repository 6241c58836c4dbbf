import type { MarkedTurn } from './detection-mark.js';

/** Says when detectors do not come back: the same turn was seen over and over for longer than it may take. Times in milliseconds of one clock. */
export class StuckTurn {
  private turn = 0;
  private since = 0;

  constructor(private readonly longestMs: number) {}

  /** How long the turn has lasted, where that is too long. */
  look({ turn }: MarkedTurn, now: number): number | undefined {
    if (turn === 0 || turn !== this.turn) {
      this.turn = turn;
      this.since = now;
      return undefined;
    }
    const lasted = now - this.since;
    return lasted >= this.longestMs ? lasted : undefined;
  }
}
