import { shortTurns } from './short-turns.js';

describe('shortTurns', () => {
  it('TEN-11 asks for a pause once a turn is over, and lets others in during it', async () => {
    const breathe = shortTurns(5);
    expect(breathe()).toBeUndefined();
    const order: string[] = [];
    setImmediate(() => order.push('another'));
    const end = performance.now() + 6;
    while (performance.now() < end);
    await breathe();
    order.push('this one');
    expect(order).toEqual(['another', 'this one']);
  });
});
