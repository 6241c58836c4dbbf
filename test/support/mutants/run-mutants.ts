import { createHash } from 'node:crypto';
import { eventStoreFaults } from './event-store-trial.js';
import { findSwaps } from './find-swaps.js';
import { isolationFaults } from './isolation-trial.js';
import type { Mutant } from './mutant.js';
import { MutantBuild } from './mutant-build.js';
import { MUTATION_TABLE } from './mutation-table.js';

const AT_ONCE = 2;

/** Every mutant there is. */
export function allMutants(): readonly Mutant[] {
  return [...MUTATION_TABLE, ...findSwaps('.')];
}

/** So many of them, drawn by a seed: the same for the same seed and the same mutants. */
export function sampleOf(mutants: readonly Mutant[], count: number, seed: string): readonly Mutant[] {
  const lots = mutants.map((mutant) => ({ mutant, lot: createHash('sha256').update(`${seed} ${mutant.name}`).digest('hex') }));
  return lots
    .sort((one, other) => (one.lot < other.lot ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/** What is wrong with the isolation of the build as it is. */
export async function faultsOfBuild(): Promise<readonly string[]> {
  const build = new MutantBuild();
  try {
    return await faultsOf(build);
  } finally {
    build.remove();
  }
}

/** The mutants of the event store that its trial alone has not found. */
export async function eventStoreSurvivors(): Promise<readonly string[]> {
  const build = new MutantBuild();
  const survivors: string[] = [];
  try {
    const faults = await eventStoreFaults(build.main);
    if (faults.length > 0) throw new Error(`the event store itself does not live: ${faults.join(', ')}`);
    for (const mutant of eventStoreMutants()) {
      build.put(mutant);
      if ((await eventStoreFaults(build.main)).length === 0) survivors.push(mutant.name);
    }
  } finally {
    build.remove();
  }
  return survivors;
}

/** The mutants whose every edit is in the event store. */
export function eventStoreMutants(): readonly Mutant[] {
  return allMutants().filter(({ edits }) => edits.every(({ file }) => file.endsWith('/sqlite-event-store.ts')));
}

/** Tries the isolation of each mutant; answers the names of those in which nothing was found. */
export async function survivorsOf(mutants: readonly Mutant[]): Promise<readonly string[]> {
  const rest = mutants.values();
  const survivors: string[] = [];
  const work = async (): Promise<void> => {
    const build = new MutantBuild();
    try {
      for (const mutant of rest) {
        build.put(mutant);
        const [fault] = await faultsOf(build);
        process.stdout.write(`${fault === undefined ? 'SURVIVED' : 'killed  '} ${mutant.name}: ${(fault ?? '').slice(0, 120)}\n`);
        if (fault === undefined) survivors.push(mutant.name);
      }
    } finally {
      build.remove();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return survivors;
}

/** The event store is tried alone first, as that takes no time. */
async function faultsOf({ main }: MutantBuild): Promise<readonly string[]> {
  const faults = await eventStoreFaults(main);
  return faults.length > 0 ? faults : isolationFaults(main);
}
