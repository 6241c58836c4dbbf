import { printable } from '../../ada/domain/printable.js';

const MAX_PATH = 300;
const MAX_TITLE = 120;
const MAX_REASON = 500;

/** One line about a rule: `rules/a.yml:7: Title: reason`. */
export function aboutRule({ path, line, title }: { path: string; line?: number; title?: string }, reason: string): string {
  const place = `${printable(path, MAX_PATH)}${line === undefined ? '' : `:${line}`}`;
  return `${place}: ${title === undefined ? '' : `${printable(title, MAX_TITLE)}: `}${printable(reason, MAX_REASON)}\n`;
}

/** `1 rule`, `2 rules`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
