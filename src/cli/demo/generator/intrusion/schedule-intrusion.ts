import type { Company } from '../company.js';
import type { IntrusionStep } from '../generated-event.js';
import { Random } from '../random.js';
import type { World } from '../world.js';
import { CLOUD } from './cloud.js';
import { ESCALATION } from './escalation.js';
import { FILE_SERVER } from './file-server.js';
import { FOOTHOLD } from './foothold.js';
import { castIntrusion, type IntrusionCast, type PlannedStep } from './intrusion-plan.js';

/** A step with its time, milliseconds since the epoch, and what leaves its traces. */
interface ScheduledStep extends Omit<IntrusionStep, 'at'> {
  readonly time: number;
  readonly act: (world: World) => void;
}

const MINUTE = 60_000;

/** The steps of a seed's intrusion, in order of time. */
export function scheduleIntrusion(seed: number, company: Company, midnight: number): ScheduledStep[] {
  const random = new Random(seed + 3);
  const cast = castIntrusion(random, company);
  const shift = random.int(-12, 18) * MINUTE;
  return [...FOOTHOLD, ...ESCALATION, ...FILE_SERVER, ...CLOUD]
    .map((plan) => schedule(plan, cast, midnight + shift + plan.minute * MINUTE + random.int(0, 50_000)))
    .sort((one, other) => one.time - other.time);
}

function schedule(plan: PlannedStep, cast: IntrusionCast, time: number): ScheduledStep {
  const { step, technique, tactic, description } = plan;
  return {
    step,
    technique,
    tactic,
    description,
    time,
    host: hostOf(plan, cast),
    user: userOf(plan, cast),
    act: (world) => world.asIntruder(step, () => plan.act(world, time, cast)),
  };
}

function hostOf({ host }: PlannedStep, cast: IntrusionCast): string {
  if (host === 'cloud') return 'aws';
  return host === 'workstation' ? cast.workstation.name : cast.fileServer.name;
}

function userOf({ user }: PlannedStep, cast: IntrusionCast): string {
  if (user === 'victim') return cast.victim.account;
  return user === 'cloud user' ? cast.cloudUser : user === 'system' ? 'SYSTEM' : 'Administrator';
}
