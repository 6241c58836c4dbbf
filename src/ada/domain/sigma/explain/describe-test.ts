import type { ValueTest } from '../expression.js';
import { ANY, ONE, type TextPart } from '../sigma-text.js';

const MAX_TEXT = 200;

/** What a test asks of a value, in a few words: `contains "whoami"`. Texts stand in lower case where case does not matter. */
export function describeTest(test: ValueTest): string {
  switch (test.kind) {
    case 'literal':
      return `${test.mode} ${quoted(test.text)}${test.cased ? ' in this case' : ''}`;
    case 'parts':
      return `looks like ${quoted(test.parts.map(partText).join(''))}${test.cased ? ' in this case' : ''}`;
    case 'pattern':
      return `matches ${shorten(`/${test.pattern.key.slice(test.pattern.key.indexOf('/') + 1)}/`)}`;
    case 'cidr':
      return `is in ${test.range.text}`;
    case 'compare':
      return `${test.part === undefined ? '' : `has a ${test.part} that `}is ${test.operator} ${test.than}`;
    case 'present':
      return 'has any value';
    case 'absent':
      return 'is null or not there';
    case 'exists':
      return 'is there';
    case 'missing':
      return 'is not there';
  }
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
