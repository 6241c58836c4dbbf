import { IndicatorError } from './indicator-error.js';

const MAX_CELL = 8_192;
const MAX_CELLS = 200;

/**
 * The rows of a text of values with a delimiter (RFC 4180): cells may be quoted, a quote in them is doubled, rows end with LF or CRLF. Empty rows and, outside
 * of quotes, rows that start with `#` are left out.
 * @throws IndicatorError for cells of more than 8,192 characters, and rows of more than 200 cells.
 */
export function* csvRows(text: string, delimiter: string): Generator<string[]> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const end = endOfLine(text, at);
    if (text.charAt(at) === '#' || end === at || (end === at + 1 && text.charAt(at) === '\r')) {
      at = end + 1;
      continue;
    }
    const row: string[] = [];
    at = readRow(text, at, delimiter, row);
    yield row;
  }
}

/** Reads one row; answers where the next one starts. */
function readRow(text: string, from: number, delimiter: string, row: string[]): number {
  let at = from;
  for (;;) {
    const cell = text.charAt(at) === '"' ? readQuoted(text, at) : readPlain(text, at, delimiter);
    if (row.push(cell.text) > MAX_CELLS) throw new IndicatorError(`a row has more than ${MAX_CELLS} cells`);
    if (text.charAt(cell.end) !== delimiter) return endOfLine(text, cell.end) + 1;
    at = cell.end + 1;
  }
}

function readPlain(text: string, from: number, delimiter: string): { text: string; end: number } {
  let end = from;
  while (end < text.length && text.charAt(end) !== delimiter && text.charAt(end) !== '\n') end++;
  return { text: bounded(text, from, end).trim(), end };
}

function readQuoted(text: string, from: number): { text: string; end: number } {
  let end = from + 1;
  for (; end < text.length; end++) {
    if (text.charAt(end) !== '"') continue;
    if (text.charAt(end + 1) !== '"') break;
    end++;
  }
  return {
    text: bounded(text, from + 1, end)
      .replaceAll('""', '"')
      .trim(),
    end: end + 1,
  };
}

function bounded(text: string, from: number, end: number): string {
  if (end - from > MAX_CELL) throw new IndicatorError(`a cell has more than ${MAX_CELL} characters`);
  return text.slice(from, end);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
