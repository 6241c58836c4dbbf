import fc from 'fast-check';
import { DeficitRoundRobin } from './deficit-round-robin.js';

const QUANTUM = 10;
const MOST_COST = 25;

describe('deficit round robin', () => {
  it('TEN-12 keys that always have work get the same, within a quantum and one service', () => {
    const costs = fc.array(fc.integer({ min: 1, max: MOST_COST }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(costs, { minLength: 2, maxLength: 12 }), fc.integer({ min: 50, max: 400 }), (pattern, services) => {
        const robin = new DeficitRoundRobin<number>(QUANTUM);
        const given = pattern.map(() => 0);
        const times = pattern.map(() => 0);
        for (const key of pattern.keys()) robin.enter(key);
        for (let service = 0; service < services; service += 1) {
          const key = robin.next() ?? -1;
          const cost = pattern[key]?.[(times[key] ?? 0) % (pattern[key]?.length ?? 1)] ?? 0;
          times[key] = (times[key] ?? 0) + 1;
          given[key] = (given[key] ?? 0) + cost;
          robin.served(key, cost);
        }
        expect(Math.max(...given) - Math.min(...given)).toBeLessThanOrEqual(2 * (QUANTUM + MOST_COST));
      }),
      { numRuns: 500 },
    );
  });

  it('TEN-12 serves somebody whenever anybody waits, nobody twice at once, and whoever enters within a round', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('enter' as const), key: fc.nat(7) }),
      fc.record({ do: fc.constant('leave' as const), key: fc.nat(7) }),
      fc.record({ do: fc.constant('next' as const) }),
      fc.record({ do: fc.constant('served' as const), cost: fc.integer({ min: 0, max: MOST_COST }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const robin = new DeficitRoundRobin<number>(QUANTUM);
        const waiting = new Set<number>();
        const serving: number[] = [];
        const passed = new Map<number, number>();
        for (const made of steps) {
          if (made.do === 'enter') {
            robin.enter(made.key);
            if (!serving.includes(made.key) && !waiting.has(made.key)) passed.set(made.key, 0);
            if (!serving.includes(made.key)) waiting.add(made.key);
          } else if (made.do === 'leave') {
            robin.leave(made.key);
            waiting.delete(made.key);
            if (serving.includes(made.key)) serving.splice(serving.indexOf(made.key), 1);
          } else if (made.do === 'served') {
            const key = serving.shift();
            if (key === undefined) continue;
            robin.served(key, made.cost);
            waiting.add(key);
            passed.set(key, 0);
          } else {
            const key = robin.next();
            if (key === undefined) {
              expect(waiting.size).toBe(0);
              continue;
            }
            expect(waiting.delete(key)).toBe(true);
            serving.push(key);
            for (const other of waiting) passed.set(other, (passed.get(other) ?? 0) + 1);
            // Each of seven others spends at most a round's credit, one unit at a time, and what is left of the round before.
            for (const other of waiting) expect(passed.get(other)).toBeLessThanOrEqual(7 * 2 * (QUANTUM + MOST_COST));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('a key served at great cost waits until the others have had as much', () => {
    const robin = new DeficitRoundRobin<string>(QUANTUM);
    robin.enter('heavy');
    robin.enter('light');
    const order: (string | undefined)[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const key = robin.next();
      order.push(key);
      robin.served(key ?? '', key === 'heavy' ? 100 : 10);
    }
    expect(order.filter((key) => key === 'heavy')).toHaveLength(2);
    expect(order.slice(0, 2)).toEqual(['heavy', 'light']);
  });
});
