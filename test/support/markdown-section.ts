import { existsSync, readFileSync } from 'node:fs';

/** A section of a Markdown file: its text, and the rows of its tables without their heads. */
export interface MarkdownSection {
  readonly text: string;
  readonly rows: readonly (readonly string[])[];
}

/** The section below a heading of level two. @throws Error where there is none. */
export function markdownSection(file: string, heading: string): MarkdownSection {
  const text = readFileSync(file, 'utf8')
    .split(/^## /m)
    .find((section) => section.startsWith(`${heading}\n`));
  if (text === undefined) throw new Error(`${file} has no section "${heading}"`);
  return { text, rows: text.split(/\n\n+/).flatMap(tableRows) };
}

/** What stands between backticks in a cell. */
export function quoted(cell = ''): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

function tableRows(block: string): readonly (readonly string[])[] {
  const lines = block.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** Whether a Markdown file is there and has a heading with this anchor, as forges make anchors of headings. */
export function hasSection(file: string, anchor: string): boolean {
  if (anchor === '' || !existsSync(file)) return false;
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.some((heading) => anchorOf(heading) === anchor);
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
