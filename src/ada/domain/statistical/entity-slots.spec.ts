import fc from 'fast-check';
import { EntitySlots } from './entity-slots.js';
import { KeyHash } from './key-hash.js';

const key = new KeyHash(7);
const SHAPE = { entities: 8, ways: 4, fields: 2 };

/** What a set holds: each entity's last window, and how often it was met. */
type Model = Map<string, { window: number; count: number }>;

/** The same table, kept as maps: the one longest silent of a full set gives way, of several the one that came first to the place. */
function meetInModel(sets: Map<number, (string | undefined)[]>, held: Model, name: string, window: number): number {
  const set = key.of(0, name).low & 1;
  const places = sets.get(set) ?? Array.from<string | undefined>({ length: SHAPE.ways });
  sets.set(set, places);
  if (!places.includes(name)) {
    const windows = places.map((other) => (other === undefined ? 0 : held.get(other)!.window));
    const place = windows.indexOf(Math.min(...windows));
    held.delete(places[place] ?? '');
    places[place] = name;
    held.set(name, { window, count: 0 });
  }
  const entity = held.get(name)!;
  if (entity.window < window) Object.assign(entity, { window, count: 0 });
  return ++entity.count;
}

function meet(slots: EntitySlots, name: string, window: number): number {
  const slot = slots.slotOf(key.of(0, name), window);
  if (slots.moveOn(slot, window)) slots.integers[slot] = 0;
  return ++slots.integers[slot]!;
}

describe('EntitySlots', () => {
  const meetings = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 6 })), { maxLength: 200 });

  it('holds what a table of maps holds, and lets go of the one longest silent', () => {
    fc.assert(
      fc.property(meetings, (all) => {
        const slots = new EntitySlots(SHAPE);
        const [sets, held] = [new Map<number, (string | undefined)[]>(), new Map() as Model];
        for (const [name, window] of all) expect(meet(slots, `e${name}`, window)).toBe(meetInModel(sets, held, `e${name}`, window));
      }),
    );
  });

  it('goes on from what was written as from where it was', () => {
    fc.assert(
      fc.property(meetings, meetings, (before, after) => {
        const [slots, copy] = [new EntitySlots(SHAPE), new EntitySlots(SHAPE)];
        for (const [name, window] of before) meet(slots, `e${name}`, window);
        const view = new DataView(new ArrayBuffer(slots.byteLength + 3));
        slots.write(view, 3);
        copy.read(view, 3);
        for (const [name, window] of after) expect(meet(copy, `e${name}`, window)).toBe(meet(slots, `e${name}`, window));
      }),
    );
  });
});
