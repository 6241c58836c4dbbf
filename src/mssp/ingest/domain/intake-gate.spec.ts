import { IntakeGate } from './intake-gate.js';

describe('IntakeGate', () => {
  const limits = { requests: 4, bytes: 1_000, tenantShare: 0.5 };

  it('bounds requests for a tenant and in all', () => {
    const gate = new IntakeGate(limits);
    const places = ['a', 'a', 'b', 'b'].map((tenant) => gate.enter(tenant, 0));
    expect(places.every((place) => place !== undefined)).toBe(true);
    expect(gate.enter('c', 0)).toBeUndefined();
    places[0]?.leave();
    expect(gate.enter('b', 0)).toBeUndefined();
    expect(gate.enter('a', 0)).toBeDefined();
  });

  it('bounds bytes, also those asked for later, and takes them back once', () => {
    const gate = new IntakeGate(limits);
    const place = gate.enter('a', 400);
    expect(gate.enter('a', 101)).toBeUndefined();
    expect(place?.grow(101)).toBe(false);
    expect(place?.grow(100)).toBe(true);
    expect(gate.load).toEqual({ requests: 1, bytes: 500 });
    place?.leave();
    place?.leave();
    expect(gate.load).toEqual({ requests: 0, bytes: 0 });
    expect(gate.enter('a', 500)).toBeDefined();
  });
});
