import { printable } from '../../ada/domain/printable.js';
import type { CommandTerminal } from '../command-terminal.js';
import { type RuleCost, measureRules } from './measure-rules.js';
import { counted } from './place-text.js';
import { readEvents } from './read-events.js';
import { type RuleSetOptions, readRuleSet } from './read-rule-set.js';

/** Over what to measure, and how much to show. */
export interface BenchOptions extends RuleSetOptions {
  readonly events: string;
  readonly most: number;
  readonly top: number;
  readonly json?: true;
}

const MAX_TITLE = 80;

/** Measures what each rule costs over the events of a file. @throws Error when rules or events cannot be read */
export async function benchRules(paths: readonly string[], options: BenchOptions, terminal: CommandTerminal): Promise<void> {
  const { loaded } = await readRuleSet(paths, options);
  const events = await readEvents(options.events, options.most);
  if (events.length === 0) throw new Error(`${options.events}: there are no events`);
  const costs = measureRules(loaded.rules, events, () => performance.now()).toSorted((a, b) => b.micros - a.micros);
  if (options.json) {
    terminal.stdout.write(`${JSON.stringify({ events: events.length, rules: costs, not_measured: loaded.rules.length - costs.length })}\n`);
    return;
  }
  terminal.stdout.write(
    [
      `${'µs/event'.padStart(10)}  ${'events'.padStart(8)}  ${'matches'.padStart(8)}  rule\n`,
      ...costs.slice(0, options.top).map(toRow),
      `${counted(costs.length, 'rule')} measured over ${counted(events.length, 'event')}, ${middle(costs).toFixed(2)} µs in the middle; `,
      `${counted(loaded.rules.length - costs.length, 'rule')} without an event of their log source\n`,
    ].join(''),
  );
}

function toRow({ micros, events, matches, title, id }: RuleCost): string {
  const numbers = [micros.toFixed(2).padStart(10), String(events).padStart(8), String(matches).padStart(8)].join('  ');
  return `${numbers}  ${printable(title, MAX_TITLE)} (${printable(id, MAX_TITLE)})\n`;
}

function middle(costs: readonly RuleCost[]): number {
  return costs[Math.floor(costs.length / 2)]?.micros ?? 0;
}
