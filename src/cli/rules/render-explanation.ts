import { printable } from '../../ada/domain/printable.js';
import type { Explanation, ItemExplanation, RuleExplanation } from '../../ada/domain/sigma/explain/explanation.js';

const MAX_TEXT = 300;
const MAX_NAME = 64;

/** Why a rule matches or does not, as lines: each part with `yes` or `no` before it, those that it is made of further to the right. */
export function renderExplanation(title: string, { matches, logsource, detection }: RuleExplanation): string {
  const source = `log source: ${membersOf(logsource.asked)} | the event: ${membersOf(logsource.seen) || 'nothing known'}`;
  return [
    `${printable(title, MAX_TEXT)}: ${matches ? 'matches' : 'does not match'}`,
    line(logsource.holds, 1, source),
    ...linesOf(detection, 1),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

function linesOf(part: Explanation, depth: number): string[] {
  const name = part.search === undefined ? '' : `${printable(part.search, MAX_NAME)}: `;
  if (part.kind === 'item') return itemLines(part, name, depth);
  return [line(part.holds, depth, `${name}${WORDS[part.kind]}`), ...part.of.flatMap((one) => linesOf(one, depth + 1))];
}

const WORDS = { and: 'all of', or: 'any of', not: 'not' } as const;

function itemLines({ holds, field, asks, more, seen }: ItemExplanation, name: string, depth: number): string[] {
  const values = seen.length === 0 ? 'nothing' : seen.map((value) => `"${printable(value, MAX_TEXT)}"`).join(', ');
  const about = `${name}${printable(field, MAX_NAME)}`;
  const [only] = asks;
  if (asks.length === 1 && only !== undefined) return [line(holds, depth, `${about} ${printable(only.asked, MAX_TEXT)} | seen: ${values}`)];
  return [
    line(holds, depth, `${about} is any of | seen: ${values}`),
    ...asks.map((ask) => line(ask.holds, depth + 1, printable(ask.asked, MAX_TEXT))),
    ...(more === 0 ? [] : [`${'  '.repeat(depth + 1)}     and ${more} more`]),
  ];
}

function line(holds: boolean, depth: number, text: string): string {
  return `${'  '.repeat(depth)}${holds ? 'yes' : 'no '}  ${text}`;
}

function membersOf(members: Readonly<Record<string, string | number>>): string {
  return Object.entries(members)
    .map(([name, value]) => `${name} ${printable(String(value), MAX_NAME)}`)
    .join(', ');
}
