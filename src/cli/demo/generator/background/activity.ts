import type { World } from '../world.js';

/** Something that happens in the company, as the events it leaves. */
export type Activity = (world: World, at: number) => void;

/** An activity that happens all day, more or less often. */
export interface Routine {
  readonly act: Activity;
  /** How often, relative to other routines, in a full working hour. */
  readonly atWork: number;
  /** How often when nobody is in the office. */
  readonly atNight: number;
}

/** An activity that happens at a time of day. */
export interface Appointment {
  readonly at: number;
  readonly act: Activity;
}
