import { EVENT_FORMATS } from '../../../../contracts/security-event.js';
import { type Fields, isFields, isGiven } from '../fields.js';
import { SigmaError, readPart } from '../sigma-error.js';
import { type TextBudget, eventText } from './event-text.js';
import type { RuleTest } from './rule-test.js';

const MEMBERS: ReadonlySet<string> = new Set(['name', 'format', 'matches', 'events']);
const FORMATS = ['auto', ...EVENT_FORMATS] as const;
const MAX_TESTS = 100;
const MAX_EVENTS = 1_000;
const MAX_NAME = 256;
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Reads the `tests` of a detection or correlation rule; empty where it has none. Each has a `name`, says whether its `events` are what the rule
 * `matches`, and may say their `format`. @throws SigmaError with the place of what is wrong
 */
export function readRuleTests(document: Fields): readonly RuleTest[] {
  const { tests } = document;
  if (!isGiven(tests)) return [];
  const budget: TextBudget = { left: MAX_CHARACTERS };
  return readPart(['tests'], 'tests', () =>
    members(tests, MAX_TESTS, 'tests').map((test, index) => readPart([index], '', () => readTest(test, budget))),
  );
}

function readTest(test: unknown, budget: TextBudget): RuleTest {
  if (!isFields(test)) throw new SigmaError('a test is not a mapping');
  const unknown = Object.keys(test).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) throw new SigmaError(`"${unknown.slice(0, 64)}" is not a member of a test`, [unknown]);
  const { matches } = test;
  if (typeof matches !== 'boolean') throw new SigmaError('matches is neither true nor false', ['matches']);
  return {
    name: readName(test['name']),
    format: readFormat(test['format']),
    matches,
    events: readPart(['events'], '', () =>
      members(test['events'], MAX_EVENTS, 'events').map((event, index) =>
        readPart([index], '', () => {
          if (!isFields(event)) throw new SigmaError('an event is not a mapping');
          return eventText(event, budget);
        }),
      ),
    ),
  };
}

function members(value: unknown, most: number, what: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new SigmaError(`${what} is not a list with members`);
  if (value.length > most) throw new SigmaError(`more than ${most} ${what}`);
  return value as unknown[];
}

function readName(name: unknown): string {
  if (typeof name !== 'string' || name.trim() === '' || name.length > MAX_NAME)
    throw new SigmaError(`name is not a text of 1 to ${MAX_NAME} characters`, ['name']);
  return name.trim();
}

function readFormat(format: unknown): RuleTest['format'] {
  if (!isGiven(format)) return 'auto';
  const known = FORMATS.find((one) => one === format);
  if (known === undefined) throw new SigmaError(`format is not one of ${FORMATS.join(', ')}`, ['format']);
  return known;
}
