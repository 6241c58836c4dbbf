import { SigmaError } from '../sigma-error.js';
import { readRuleTests } from './read-rule-tests.js';

const test = (rest: Record<string, unknown> = {}): Record<string, unknown> => ({ name: 'a', matches: true, events: [{ a: 1 }], ...rest });

/** Aliases of aliases: a short document whose events are endless, or nearly so. */
function doubled(times: number): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < times; i++) value = [value, value];
  return value;
}

describe('readRuleTests', () => {
  it('reads names, formats, what is to be, and events as JSON', () => {
    const tests = [
      test({ name: ' a tool ', format: 'windows' }),
      test({ matches: false, events: [{ a: [null, 2n ** 53n], b: { c: 'd' } }] }),
    ];
    expect(readRuleTests({ tests })).toEqual([
      { name: 'a tool', format: 'windows', matches: true, events: ['{"a":1}'] },
      { name: 'a', format: 'auto', matches: false, events: ['{"a":[null,9007199254740992],"b":{"c":"d"}}'] },
    ]);
  });

  it.each([[{}], [{ tests: null }]])('answers none for %j', (document) => {
    expect(readRuleTests(document)).toEqual([]);
  });

  const circle: unknown[] = [];
  circle.push(circle);
  it.each<[string, unknown, readonly (string | number)[]]>([
    ['tests: tests is not a list with members', {}, ['tests']],
    ['tests: tests is not a list with members', [], ['tests']],
    ['tests: more than 100 tests', Array.from({ length: 101 }, () => test()), ['tests']],
    ['tests: a test is not a mapping', [test(), 'x'], ['tests', 1]],
    ['tests: "event" is not a member of a test', [test({ event: {} })], ['tests', 0, 'event']],
    ['tests: matches is neither true nor false', [test({ matches: 'yes' })], ['tests', 0, 'matches']],
    ['tests: name is not a text of 1 to 256 characters', [test({ name: ' ' })], ['tests', 0, 'name']],
    ['tests: format is not one of auto, windows', [test({ format: 'xml' })], ['tests', 0, 'format']],
    ['tests: events is not a list with members', [test({ events: [] })], ['tests', 0, 'events']],
    ['tests: more than 1000 events', [test({ events: Array.from({ length: 1_001 }, () => ({})) })], ['tests', 0, 'events']],
    ['tests: an event is not a mapping', [test({ events: [{}, 'x'] })], ['tests', 0, 'events', 1]],
    ['tests: an event is nested deeper than 32 levels', [test({ events: [{ a: circle }] })], ['tests', 0, 'events', 0, 'a']],
    ['tests: the events of a rule are too large in all', [test({ events: [{ a: doubled(25) }] })], ['tests', 0, 'events', 0, 'a']],
    ['tests: the events of a rule are too large in all', [test(), test({ events: [{ a: 'x'.repeat(1_048_577) }] })], ['tests', 1]],
  ])('says %j', (message, tests, path) => {
    let caught: unknown;
    try {
      readRuleTests({ tests });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(SigmaError);
    expect((caught as SigmaError).message).toContain(message);
    expect((caught as SigmaError).path.slice(0, path.length)).toEqual(path);
  });
});
