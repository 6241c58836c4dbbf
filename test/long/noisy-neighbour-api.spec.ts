import { BuiltApp } from '../support/built-app.js';
import { expectUnharmed, measureNeighbourhood } from '../support/noisy-neighbour.js';

describe('a noisy neighbour', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start({ asShipped: true });
  });
  afterAll(() => app.stop());

  it('TEN-11 ten times over its quota with bodies of the largest size costs another tenant nothing', async () => {
    const met = await measureNeighbourhood(app, 5, 5_000);
    process.stdout.write(`TEN-11 ${JSON.stringify(met)}\n`);
    expectUnharmed(met);
  }, 120_000);
});
