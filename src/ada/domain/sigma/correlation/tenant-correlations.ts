import type { LinkedCorrelation } from './link-correlations.js';
import { createWindow } from './create-window.js';
import { type Group, GroupList } from './group-list.js';
import type { Sighting } from './sighting.js';
import { meets } from './threshold.js';

/** Bounds of what is kept of one tenant. */
export interface CorrelationLimits {
  readonly groups: number;
  readonly sightings: number;
}

export const CORRELATION_LIMITS: CorrelationLimits = { groups: 100_000, sightings: 250_000 };

/** Sightings may be this late and are counted exactly as if they had come in order; groups are kept so much longer than their windows. */
const LATENESS = 3_600_000;

/** A correlation's condition holds for a group. */
export interface Firing {
  /** What was measured. */
  readonly measure: number;
  /** The end of the window, which is its newest sighting's time; milliseconds since the epoch. */
  readonly end: number;
  readonly evidence: readonly Sighting[];
}

/**
 * What correlations know of one tenant: its groups, each with a sliding window that ends with its newest sighting. Memory is bounded by
 * groups and by sightings; beyond either the group that was touched least lately is let go of, and counted.
 */
export class TenantCorrelations {
  /** Newest event time; groups whose windows lie far behind it are let go of. */
  now = Number.NEGATIVE_INFINITY;
  /** Groups that were let go of although their windows had not passed. */
  evicted = 0;
  /** Sightings that came when their group's window had moved on, and are not counted. */
  late = 0;
  private readonly groups: readonly Map<string, Group>[];
  /** Of each correlation its groups with those of all others whose windows are as long: a group whose window is long keeps none of a short one. */
  private readonly lists: readonly GroupList[];
  private readonly distinctLists: readonly GroupList[];
  private size = 0;
  private touches = 0;
  private kept = 0;

  constructor(
    private readonly correlations: readonly LinkedCorrelation[],
    private readonly limits = CORRELATION_LIMITS,
  ) {
    this.groups = correlations.map(() => new Map());
    const bySpan = new Map(correlations.map(({ rule }) => [rule.timespan, new GroupList()]));
    this.distinctLists = [...bySpan.values()];
    this.lists = correlations.map(({ rule }) => bySpan.get(rule.timespan) as GroupList);
  }

  /** How many groups there are. */
  get groupCount(): number {
    return this.size;
  }

  /** All groups, the stalest first. */
  inOrder(): readonly Group[] {
    return this.groups.flatMap((groups) => [...groups.values()]).sort((one, other) => one.touched - other.touched);
  }

  /** How many sightings are kept. */
  get sightingCount(): number {
    return this.kept;
  }

  /**
   * Counts a sighting in its group. It fires where the condition holds, unless the group fired for a window that this one overlaps: so one
   * event is told of at most once by one correlation.
   */
  observe(correlation: number, key: string, sighting: Sighting): Firing | undefined {
    const { rule } = this.correlations[correlation] as LinkedCorrelation;
    const group = this.groupOf(correlation, key, sighting.time);
    if (sighting.time > group.newest) group.newest = sighting.time;
    const after = group.newest - rule.timespan;
    if (sighting.time <= after) {
      this.late++;
      return undefined;
    }
    const { window } = group;
    const before = window.length;
    window.add(sighting);
    const measure = window.measure(after, sighting);
    this.kept += window.length - before;
    if (this.kept > this.limits.sightings) this.evict(group);
    if (group.firedAt > after || !meets(rule.threshold, measure)) return undefined;
    group.firedAt = group.newest;
    return { measure, end: group.newest, evidence: window.evidence() };
  }

  /** Moves on to a time, and lets go of groups that nothing can be counted with any more. */
  advance(now: number): void {
    if (now > this.now) this.now = now;
    for (const list of this.distinctLists) {
      for (let { stalest } = list; stalest !== undefined && this.isPast(stalest); { stalest } = list) this.remove(stalest);
    }
  }

  /** Puts a group back that was kept elsewhere, as the freshest. */
  restore(correlation: number, key: string, newest: number, firedAt: number, sightings: readonly Sighting[]): void {
    const group = this.groupOf(correlation, key, newest);
    for (const sighting of sightings) group.window.add(sighting);
    group.newest = newest;
    group.firedAt = firedAt;
    this.kept += group.window.length;
  }

  private groupOf(correlation: number, key: string, time: number): Group {
    const groups = this.groups[correlation] as Map<string, Group>;
    let group = groups.get(key);
    if (group === undefined) {
      const window = createWindow((this.correlations[correlation] as LinkedCorrelation).rule);
      const firedAt = Number.NEGATIVE_INFINITY;
      group = { correlation, key, window, newest: time, firedAt, touched: 0, staler: undefined, fresher: undefined };
      groups.set(key, group);
      this.size++;
    }
    group.touched = ++this.touches;
    this.lists[correlation]?.touch(group);
    if (this.size > this.limits.groups) this.evict(group);
    return group;
  }

  /** Makes room: lets go of the stalest groups but for the one at hand. */
  private evict(atHand: Group): void {
    while (this.size > this.limits.groups || this.kept > this.limits.sightings) {
      const stalest = this.stalest();
      if (stalest === undefined || stalest === atHand) return;
      if (!this.isPast(stalest)) this.evicted++;
      this.remove(stalest);
    }
  }

  private stalest(): Group | undefined {
    let found: Group | undefined;
    for (const { stalest } of this.distinctLists) if (stalest && stalest.touched < (found?.touched ?? Infinity)) found = stalest;
    return found;
  }

  private isPast({ correlation, newest }: Group): boolean {
    const { timespan } = (this.correlations[correlation] as LinkedCorrelation).rule;
    return newest < this.now - timespan - LATENESS;
  }

  private remove(group: Group): void {
    this.lists[group.correlation]?.remove(group);
    this.groups[group.correlation]?.delete(group.key);
    this.size--;
    this.kept -= group.window.length;
  }
}
