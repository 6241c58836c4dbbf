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

/** Tries the isolation of each mutant; answers the names of those in which nothing was found. */
export async function survivorsOf(mutants: readonly Mutant[]): Promise<readonly string[]> {
  const rest = mutants.values();
  const survivors: string[] = [];
  const work = async (): Promise<void> => {
    const build = new MutantBuild();
    try {
      for (const mutant of rest) {
        build.put(mutant);
        const [fault] = await isolationFaults(build.main);
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
