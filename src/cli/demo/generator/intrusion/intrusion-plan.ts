import type { Company, Machine, Person } from '../company.js';
import type { Random } from '../random.js';
import type { World } from '../world.js';

/** What the intrusion of a day is about: chosen once, and the same for every step. */
export interface IntrusionCast {
  readonly victim: Person;
  readonly workstation: Machine;
  readonly fileServer: Machine;
  /** Name of the program that the intruder copies to the file server, without `.exe`. */
  readonly tool: string;
  /** User of the cloud account whose key lay on the file server. */
  readonly cloudUser: string;
}

/** A step before it happens: what it is, when, and how to leave its traces. */
export interface PlannedStep {
  readonly step: string;
  readonly technique: string;
  readonly tactic: string;
  readonly description: string;
  readonly host: 'workstation' | 'file server' | 'cloud';
  readonly user: 'victim' | 'administrator' | 'system' | 'cloud user';
  /** Minutes after midnight, as a rule; each seed shifts every step a little. */
  readonly minute: number;
  readonly act: (world: World, time: number, cast: IntrusionCast) => void;
}

/** Chooses the cast of a seed. */
export function castIntrusion(random: Random, company: Company): IntrusionCast {
  const victim = random.pick(company.people.filter(({ department }) => department === 'finance'));
  return {
    victim,
    workstation: victim.workstation,
    fileServer: company.servers.FS01,
    tool: random.text(8, 'abcdefghijklmnopqrstuvwxyz'),
    cloudUser: 'ci-legacy',
  };
}
