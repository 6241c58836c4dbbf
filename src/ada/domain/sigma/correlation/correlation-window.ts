import type { Sighting } from './sighting.js';

/** What one group of a correlation has seen lately, and what that comes to. Sightings arrive in nearly the order of their times. */
export interface CorrelationWindow {
  /** How many sightings are kept. */
  readonly length: number;

  /** Takes a sighting in. */
  add(sighting: Sighting): void;

  /**
   * Lets go of sightings that are not later than a time, and measures those that are left.
   * @param latest the sighting that was taken in last, which is later than that time.
   */
  measure(after: number, latest: Sighting): number;

  /** The sightings that are kept, oldest first. Taking them into an empty window gives the same window. */
  sightings(): readonly Sighting[];

  /** Those that show what was measured, oldest first. */
  evidence(): readonly Sighting[];
}
