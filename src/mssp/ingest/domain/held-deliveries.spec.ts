import type { Delivery } from './event-subscription.js';
import { HeldDeliveries } from './held-deliveries.js';

const message = (id: string, events: number, receipt = `r-${id}`): Delivery => ({
  id,
  data: Buffer.from(Array.from({ length: events }, (_, n) => `{"n":${n}}`).join('\n')),
  receipt,
});
const LARGE = { events: 100, bytes: 1_000 };

describe('messages in hand', () => {
  let held: HeldDeliveries;
  beforeEach(() => (held = new HeldDeliveries({ messages: 3, bytes: 1_000 })));

  it('are stored with the last of their events, though these are submitted apart', () => {
    held.add([message('a', 3), message('b', 1)]);
    const first = held.cut({ events: 2, bytes: 1_000 });
    const second = held.cut({ events: 2, bytes: 1_000 });
    expect(first?.events.map(({ key }) => key)).toEqual(['a/0', 'a/1']);
    expect(second?.events.map(({ key }) => key)).toEqual(['a/2', 'b/0']);
    expect(held.cut(LARGE)).toBeUndefined();
    expect(second && held.stored(second)).toEqual(['r-b']);
    expect(first && held.stored(first)).toEqual(['r-a']);
    expect(held.receipts).toEqual([]);
  });

  it('are cut by bytes too, and one that is larger than a submission goes alone', () => {
    held.add([message('a', 2), message('b', 1)]);
    const sizes = [held.cut({ events: 9, bytes: 16 }), held.cut({ events: 9, bytes: 4 })].map((batch) => batch?.events.length);
    expect(sizes).toEqual([2, 1]);
  });

  it('are bounded by their number and their bytes', () => {
    held.add([message('a', 1), message('b', 1)]);
    expect(held.isFull).toBe(false);
    held.add([message('c', 1)]);
    expect(held.isFull).toBe(true);
    const wide = new HeldDeliveries({ messages: 100, bytes: 10 });
    wide.add([message('a', 2)]);
    expect(wide.isFull).toBe(true);
  });

  it('are not taken twice, and are acknowledged as they came last', () => {
    held.add([message('a', 1, 'first')]);
    held.add([message('a', 1, 'second')]);
    const batch = held.cut(LARGE);
    expect(batch?.events).toHaveLength(1);
    expect(batch && held.stored(batch)).toEqual(['second']);
  });

  it('wait again, in their order, where they were not stored', () => {
    held.add([message('a', 2), message('b', 1)]);
    const batch = held.cut({ events: 1, bytes: 1_000 });
    if (batch) held.putBack(batch);
    expect(held.cut(LARGE)?.events.map(({ key }) => key)).toEqual(['a/0', 'a/1', 'b/0']);
  });

  it('are let go of whole, and never acknowledged afterwards for a part', () => {
    held.add([message('a', 2), message('b', 1)]);
    const batch = held.cut({ events: 1, bytes: 1_000 });
    expect(held.release()).toEqual(['r-a', 'r-b']);
    expect(batch && held.stored(batch)).toEqual([]);
    if (batch) held.putBack(batch);
    expect(held.hasWaiting).toBe(false);
  });
});
