import { randomInt } from 'node:crypto';
import { isolationFaults } from '../support/mutants/isolation-trial.js';
import { allMutants, survivorsOf } from '../support/mutants/run-mutants.js';

const SAMPLE = 10;
const PATIENCE_MS = 300_000;

describe('isolation mutants', () => {
  it(
    'TEN-06 isolation-mutants: ten of all, drawn anew each time, are killed, and the build itself lives',
    async () => {
      expect(await isolationFaults()).toEqual([]);
      const mutants = [...allMutants()];
      const drawn = Array.from({ length: SAMPLE }, () => mutants.splice(randomInt(mutants.length), 1)).flat();
      expect(await survivorsOf(drawn)).toEqual([]);
    },
    PATIENCE_MS,
  );
});
