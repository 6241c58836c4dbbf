import { administration } from './background/administration.js';
import type { Appointment, Routine } from './background/activity.js';
import { CLOUD_ACCOUNT_USE, cloudAppointments } from './background/cloud-account.js';
import { LINUX_SERVERS } from './background/linux-servers.js';
import { commutes, OFFICE_WORK } from './background/office-work.js';
import { WEB_SITE, scans } from './background/web-site.js';
import { WINDOWS_UPKEEP } from './background/windows-upkeep.js';
import { load, presence } from './background/working-hours.js';
import { buildCompany, type Company } from './company.js';
import type { Draft, GeneratedEvent, IntrusionStep } from './generated-event.js';
import { scheduleIntrusion } from './intrusion/schedule-intrusion.js';
import { Random } from './random.js';
import { RecordNumbers } from './record-numbers.js';
import { World } from './world.js';

export interface DayOptions {
  /** Equal seeds and days give equal events. */
  readonly seed: number;
  /** Any moment of the UTC day that is wanted. */
  readonly day: Date;
  /** At least so many harmless events; a few more come, so that no activity is cut off. Default 24,000. */
  readonly backgroundEvents?: number;
  /** Seed of the company, where days of one company are wanted; the day's own where left out. */
  readonly companySeed?: number;
  /** What the company's event logs have come to; they begin anew where left out. */
  readonly numbers?: RecordNumbers;
}

/** Harmless events of a day where nothing else is said. */
export const DEFAULT_BACKGROUND = 24_000;
const WINDOW = 10 * 60_000;
const DAY = 24 * 60 * 60_000;
/** How far before its own time an activity may leave a trace. */
const LOOK_BACK = 60_000;
const ROUTINES: readonly Routine[] = [...OFFICE_WORK, ...WINDOWS_UPKEEP, ...LINUX_SERVERS, ...CLOUD_ACCOUNT_USE, ...WEB_SITE];

/**
 * The events of one day of one company, in order of time, with an intrusion among them. Work follows the hours of the day (UTC); what
 * belongs together (a page view in Sysmon and Zeek, a remote logon and its service) is told by every source that would see it. Events
 * are made in steps of ten minutes, so that memory does not grow with their number.
 */
export function* generateDay(options: DayOptions): Generator<GeneratedEvent> {
  const { world, company, midnight } = prepare(options);
  const wanted = options.backgroundEvents ?? DEFAULT_BACKGROUND;
  const appointments = [...commutes(world), ...administration(world), ...cloudAppointments(world), ...scans(world)];
  const intrusion = scheduleIntrusion(options.seed, company, midnight);
  const numbers = options.numbers ?? new RecordNumbers(options.seed);
  const loads = Array.from({ length: DAY / WINDOW }, (_, window) => load(window * WINDOW));
  const total = loads.reduce((sum, each) => sum + each, 0);
  let share = 0;
  for (const [window, each] of loads.entries()) {
    const from = midnight + window * WINDOW;
    const until = from + WINDOW;
    share += each;
    keepAppointments(world, appointments, from, until);
    for (const step of intrusion) if (step.time >= from && step.time < until) step.act(world);
    fill(world, from, Math.ceil((wanted * share) / total));
    yield* finished(world.takeUntil(until - LOOK_BACK), numbers);
  }
  yield* finished(world.takeUntil(midnight + DAY), numbers);
}

/** The steps of the intrusion that `generateDay` hides for the same seed and day, in order of time. */
export function intrusionSteps(options: Pick<DayOptions, 'seed' | 'day'>): IntrusionStep[] {
  const { company, midnight } = prepare(options);
  return scheduleIntrusion(options.seed, company, midnight).map(({ step, technique, tactic, description, time, host, user }) => ({
    step,
    technique,
    tactic,
    description,
    at: new Date(time).toISOString(),
    host,
    user,
  }));
}

function prepare({ seed, day, companySeed = seed }: DayOptions): { world: World; company: Company; midnight: number } {
  const midnight = Math.floor(day.getTime() / DAY) * DAY;
  const company = buildCompany(new Random(companySeed));
  return { world: new World(new Random(seed + 1), company, midnight), company, midnight };
}

function keepAppointments(world: World, appointments: readonly Appointment[], from: number, until: number): void {
  for (const { at, act } of appointments) if (at >= from && at < until) act(world, at);
}

/** Draws routines, each as often as the time of day suggests, until the day holds as much background as it should by then. */
function fill(world: World, from: number, wanted: number): void {
  const present = presence(from - world.midnight);
  const weights = ROUTINES.map(({ atWork, atNight }) => atNight + (atWork - atNight) * present);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  while (world.backgroundCount < wanted) {
    let left = world.random.float() * sum;
    const chosen = ROUTINES.find((_, index) => (left -= weights[index] ?? 0) < 0);
    chosen?.act(world, from + Math.floor(world.random.float() * WINDOW));
  }
}

function* finished(drafts: readonly Draft[], numbers: RecordNumbers): Generator<GeneratedEvent> {
  for (const { source, event, label } of drafts) yield { source, event: numbers.number(event), label };
}
