import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

/** A starter rule's id, and events that it matches, as they are sent. */
export interface StarterExample {
  readonly rule: string;
  readonly format: string;
  readonly match: readonly unknown[];
}

interface Document {
  readonly id: string;
  readonly tests: readonly { readonly format: string; readonly matches: boolean; readonly events: readonly unknown[] }[];
}

/** What the tests of a starter rule say that it matches. */
export function starterExample(name: string): StarterExample {
  const { id, tests } = load(readFileSync(`config/rules/${name}.yml`, 'utf8')) as Document;
  const test = tests.find(({ matches }) => matches);
  if (test === undefined) throw new Error(`${name} says of no event that it matches`);
  return { rule: id, format: test.format, match: test.events };
}
