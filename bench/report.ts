import { availableParallelism, cpus } from 'node:os';

/** Writes rows of cells below their titles, in columns flush right. */
export function printTable(head: readonly string[], body: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)));
  for (const cells of [head, ...body])
    process.stdout.write(`${cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`);
}

/** A number with its thousands apart. */
export function format(value: number): string {
  return value.toLocaleString('en');
}

/** What figures were measured on. */
export function machine(): { readonly cpu: string; readonly cores: number; readonly node: string } {
  return { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), node: process.version };
}
