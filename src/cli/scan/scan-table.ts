import { compareSeverity } from '../../contracts/severity.js';
import type { RuleHits, ScanSummary } from './scan-summary.js';

const HEADINGS = ['LEVEL', 'HITS', 'RULE', 'AUTHOR', 'FIRST SEEN'];
const WIDTHS = [13, 8, 64, 48, 200];
const NUMBERS = 1;

/** The rules that matched as a table, the gravest and most frequent first. */
export function renderTable(summary: ScanSummary): string {
  const rows = [...summary.byRule.values()].sort(compareHits).map(toRow);
  if (rows.length === 0) return 'No rule matched.\n';
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)));
  return [HEADINGS, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, widths[column] ?? 0, column))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Counts of a scan, in a few lines. */
export function renderSummary(summary: ScanSummary, seconds: number, verbose: boolean): string {
  const rate = seconds > 0 ? Math.round(summary.events / seconds) : summary.events;
  const lines = [
    `${count(summary.events, 'event')} in ${count(summary.files, 'file')}, ${count(rate, 'event')}/s${summary.notEvents === 0 ? '' : `; ${count(summary.notEvents, 'line')} not an event`}`,
    `${count(summary.matches, 'match', 'matches')} of ${count(summary.byRule.size, 'rule')} in ${count(summary.eventsWithMatches, 'event')}`,
    `${count(summary.rules, 'rule')} loaded, ${number(summary.unsupported.length)} unsupported`,
    ...summary.reasons().map(([reason, times]) => `  ${number(times)} × ${printable(reason)}`),
    ...(verbose
      ? summary.unsupported.map(
          ({ path, line, title, reason }) =>
            `  ${printable(path)}${line === undefined ? '' : `:${line}`}: ${title === undefined ? '' : `${printable(title)}: `}${printable(reason)}`,
        )
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function compareHits(a: RuleHits, b: RuleHits): number {
  return compareSeverity(b.rule.level, a.rule.level) || b.hits - a.hits || (a.rule.title < b.rule.title ? -1 : 1);
}

function toRow({ rule, hits, first }: RuleHits): string[] {
  return [rule.level, number(hits), rule.title, rule.author, first].map((cell, column) => shorten(printable(cell), WIDTHS[column] ?? 0));
}

function pad(cell: string, width: number, column: number): string {
  return column === NUMBERS ? cell.padStart(width) : cell.padEnd(width);
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Rules come from others: nothing in them may steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}
