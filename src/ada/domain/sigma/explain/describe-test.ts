import type { ValueTest } from '../expression.js';
import { ANY, ONE, type TextPart } from '../sigma-text.js';

const MAX_TEXT = 200;
const WHETHER_THERE = {
  present: 'has any value',
  absent: 'is null or not there',
  exists: 'is there',
  missing: 'is not there',
} as const;

/** What a test asks of a value, in a few words: `contains "whoami"`. Texts stand in lower case where case does not matter. */
export function describeTest(test: ValueTest): string {
  switch (test.kind) {
    case 'literal':
      return `${test.mode} ${quoted(test.text)}${inCase(test.cased)}`;
    case 'parts':
      return `looks like ${quoted(test.parts.map(partText).join(''))}${inCase(test.cased)}`;
    case 'pattern':
      return `matches ${shorten(`/${test.pattern.key.slice(test.pattern.key.indexOf('/') + 1)}/`)}`;
    case 'cidr':
      return `is in ${test.range.text}`;
    case 'compare':
      return `${test.part === undefined ? '' : `has a ${test.part} that `}is ${test.operator} ${test.than}`;
    case 'present':
    case 'absent':
    case 'exists':
    case 'missing':
      return WHETHER_THERE[test.kind];
  }
}

function inCase(cased: boolean): string {
  return cased ? ' in this case' : '';
}

function partText(part: TextPart): string {
  return part === ANY ? '*' : part === ONE ? '?' : part;
}

function quoted(text: string): string {
  return `"${shorten(text)}"`;
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}
