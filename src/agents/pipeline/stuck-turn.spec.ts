import { StuckTurn } from './stuck-turn.js';

describe('a turn of detectors', () => {
  it('DUR-09 is stuck once the same one lasts too long, and not where others follow it or nothing is done', () => {
    const stuck = new StuckTurn(1_000);
    const look = (turn: number, now: number): number | undefined => stuck.look({ turn, subject: 7 }, now);
    expect([look(0, 0), look(0, 5_000)]).toEqual([undefined, undefined]);
    expect([look(1, 5_100), look(2, 6_100), look(3, 7_100), look(3, 8_000)]).toEqual([undefined, undefined, undefined, undefined]);
    expect(look(3, 8_100)).toBe(1_000);
    expect([look(0, 9_000), look(4, 20_000), look(4, 20_999)]).toEqual([undefined, undefined, undefined]);
  });
});
