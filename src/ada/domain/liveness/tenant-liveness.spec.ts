import type { LivenessFinding, NotLive } from './judge-canaries.js';
import { countDead, takeFindings, type TenantLiveness } from './tenant-liveness.js';

const found = (rules: Readonly<Record<string, NotLive>>): ReadonlyMap<string, LivenessFinding> =>
  new Map(Object.entries(rules).map(([rule, state]) => [rule, { state, faults: [] }]));
const after = (...checks: readonly Readonly<Record<string, NotLive>>[]) => {
  let known: TenantLiveness | undefined;
  let change = takeFindings(undefined, found({}), 0);
  for (const [at, rules] of checks.entries()) {
    change = takeFindings(known, found(rules), (at + 1) * 100);
    known = change.now;
  }
  return change;
};

describe('takeFindings', () => {
  it('tells once of a rule that stops being live, and when it is live again', () => {
    expect(after({}, { a: 'silent' }).stopped).toEqual([['a', 'silent']]);
    expect(after({}, { a: 'silent' }, { a: 'silent' })).toMatchObject({ stopped: [], revived: [] });
    expect(after({}, { a: 'silent' }, {})).toMatchObject({ stopped: [], revived: ['a'] });
    expect(after({}, { a: 'silent' }, {}, { a: 'noisy' }).stopped).toEqual([['a', 'noisy']]);
  });

  it('tells of what the first check finds silent or noisy, and not of what a tenant filters', () => {
    expect(after({ a: 'silent', b: 'noisy', c: 'filtered' }).stopped).toEqual([
      ['a', 'silent'],
      ['b', 'noisy'],
    ]);
    expect(after({}, { c: 'filtered' }).stopped).toEqual([['c', 'filtered']]);
    expect(after({ c: 'filtered' }, { c: 'silent' }).stopped).toEqual([['c', 'silent']]);
  });

  it('knows since when a rule is as it is, and when it was last live', () => {
    expect(after({}, {}, { a: 'silent' }, { a: 'silent' }).now.dead.get('a')).toMatchObject({ since: 300, lastLiveAt: 200 });
    expect(after({ a: 'silent' }, { a: 'silent' }).now.dead.get('a')).toMatchObject({ since: 100, lastLiveAt: null });
    expect(after({}, { a: 'filtered' }, { a: 'silent' }).now.dead.get('a')).toMatchObject({ since: 300, lastLiveAt: 100 });
  });

  it('counts', () => {
    expect(countDead(after({ a: 'silent', b: 'silent', c: 'filtered' }).now)).toEqual({ silent: 2, noisy: 0, filtered: 1 });
  });
});
