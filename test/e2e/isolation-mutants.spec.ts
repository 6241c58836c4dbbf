import { MutantBuild } from '../support/mutants/mutant-build.js';
import { allMutants, caseStoreSurvivors, eventStoreMutants, eventStoreSurvivors } from '../support/mutants/run-mutants.js';

describe('isolation mutants, those that are tried in no time', () => {
  it('TEN-06 isolation-mutants: every mutant can still be made of the source', () => {
    const mutants = allMutants();
    expect(mutants.length).toBeGreaterThan(60);
    const build = new MutantBuild();
    try {
      for (const mutant of mutants) build.put(mutant);
    } finally {
      build.remove();
    }
  });

  it('TEN-06 isolation-mutants: every mutant of the event store is killed, and the store itself lives', async () => {
    expect(eventStoreMutants().length).toBeGreaterThan(3);
    expect(await eventStoreSurvivors()).toEqual([]);
  });

  it('TEN-06 isolation-mutants: every store that is made to take another tenant’s database is found out', async () => {
    const { tried, survivors } = await caseStoreSurvivors();
    expect(tried).toBeGreaterThan(30);
    expect(survivors).toEqual([]);
  });
});
