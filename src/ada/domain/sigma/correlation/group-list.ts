import type { CorrelationWindow } from './correlation-window.js';

/** What one correlation knows of one group of events. */
export interface Group {
  /** Position of the correlation. */
  readonly correlation: number;
  readonly key: string;
  readonly window: CorrelationWindow;
  /** Time of its newest sighting. */
  newest: number;
  /** Time of the window that it fired for last; -Infinity before. */
  firedAt: number;
  /** The later it was touched last, the greater. */
  touched: number;
  staler: Group | undefined;
  fresher: Group | undefined;
}

/** Groups in order of when they were last touched, the stalest first. All operations are O(1). */
export class GroupList {
  stalest: Group | undefined;
  private freshest: Group | undefined;

  /** Moves a group to the fresh end, or puts it there. */
  touch(group: Group): void {
    if (this.freshest === group) return;
    if (group.fresher !== undefined) this.remove(group);
    group.staler = this.freshest;
    group.fresher = undefined;
    if (this.freshest === undefined) this.stalest = group;
    else this.freshest.fresher = group;
    this.freshest = group;
  }

  remove(group: Group): void {
    const { staler, fresher } = group;
    if (staler === undefined) this.stalest = fresher;
    else staler.fresher = fresher;
    if (fresher === undefined) this.freshest = staler;
    else fresher.staler = staler;
    group.staler = group.fresher = undefined;
  }
}
