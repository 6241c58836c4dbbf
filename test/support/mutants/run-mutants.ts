import { createHash } from 'node:crypto';
import { eventStoreFaults } from './event-store-trial.js';
import { findSwaps } from './find-swaps.js';
import { handleFaults, storeOf } from './handle-trial.js';
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

/** The mutants of the case stores that take another tenant's database, in no time; and how many were tried. */
export async function caseStoreSurvivors(): Promise<{ readonly tried: number; readonly survivors: readonly string[] }> {
  const build = new MutantBuild();
  const survivors: string[] = [];
  let tried = 0;
  try {
    for (const mutant of allMutants()) {
      const store = storeOf(mutant);
      if (store === undefined || !/\((tenant|caller\.tenant)\)$/.test(mutant.name)) continue;
      build.restore();
      const faults = await handleFaults(build.main, store);
      if (faults.length > 0) throw new Error(`the store itself does not live: ${faults.join(', ')}`);
      build.put(mutant);
      tried += 1;
      if ((await handleFaults(build.main, store)).length === 0) survivors.push(mutant.name);
    }
  } finally {
    build.remove();
  }
  return { tried, survivors };
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
        const [fault] = await faultsOf(build, mutant);
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

/** Stores are tried alone first, as that takes no time. */
async function faultsOf({ main }: MutantBuild, mutant?: Mutant): Promise<readonly string[]> {
  const store = mutant && storeOf(mutant);
  const faults = store === undefined ? await eventStoreFaults(main) : await handleFaults(main, store);
  return faults.length > 0 ? faults : isolationFaults(main);
}
