import { clockDrill } from '../support/clock-drill.js';
import { describeWith } from '../support/redis-server.js';
import { NO_FAULTS } from '../support/stored-events.js';

const [HOUR, DAY] = [3_600, 86_400];

describeWith(['faketime'], 'the whole app and clocks that jump', () => {
  it('DUR-15 by an hour and a day, on and back: no event is lost, nothing runs twice, nothing is stuck, in two processes', async () => {
    const report = await clockDrill([HOUR, 0, DAY, -DAY]);
    const { acknowledged, effects, marked, ...found } = report;
    process.stdout.write(`DUR-15 ${acknowledged} events, ${marked.length} alerts and ${effects.length} effects over 4 jumps\n`);
    expect(found).toEqual({ faults: NO_FAULTS, unsound: [], raised: marked, triagedTwice: [], retired: 0, refused: [] });
    expect(effects).toEqual(effects.map(() => 1));
    expect(acknowledged).toBeGreaterThan(100);
  }, 180_000);
});
