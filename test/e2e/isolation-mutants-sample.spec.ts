import { allMutants, faultsOfBuild, sampleOf, survivorsOf } from '../support/mutants/run-mutants.js';

const SAMPLE = 10;

describe('isolation mutants, a sample', () => {
  it('TEN-06 isolation-mutants: ten mutants, drawn by a seed, are killed, and the build itself lives', async () => {
    const seed = process.env['MUTANT_SEED'] ?? '7';
    const mutants = sampleOf(allMutants(), SAMPLE, seed);
    process.stdout.write(`MUTANT_SEED=${seed}\n`);
    expect(mutants).toHaveLength(SAMPLE);
    expect(await faultsOfBuild()).toEqual([]);
    expect(await survivorsOf(mutants)).toEqual([]);
  }, 300_000);
});
