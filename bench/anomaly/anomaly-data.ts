import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Rows of numbers and texts, and which of them are anomalous. */
export interface LabelledRows {
  readonly name: string;
  readonly rows: readonly (readonly (number | string)[])[];
  readonly anomalous: Uint8Array;
}

/** A stream of edges in the order of their ticks. */
export interface LabelledEdges {
  readonly name: string;
  readonly sources: Uint32Array;
  readonly destinations: Uint32Array;
  readonly ticks: Uint32Array;
  readonly anomalous: Uint8Array;
}

/** Files of a folder below the data directory, by name; none where there is no such folder. */
export function filesIn(data: string, folder: string, ending: string): string[] {
  const directory = join(data, 'anomaly', folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => join(directory, file));
}

/** All rows of a table with one header line; the last column says which are anomalous. */
export function readTable(file: string): LabelledRows {
  const rows = textOf(file)
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(',').map(Number));
  return { name: nameOf(file), rows: rows.map((row) => row.slice(0, -1)), anomalous: Uint8Array.from(rows, (row) => row.at(-1) ?? 0) };
}

const OF_THE_LABEL: ReadonlySet<string> = new Set(['label', 'difficulty']);

/** Connections as JSON lines with a `label`, which is `normal` or an attack, and a `difficulty` that belongs to the label. */
export function readConnections(file: string): LabelledRows {
  const lines = textOf(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, number | string>);
  return {
    name: nameOf(file),
    rows: lines.map((fields) => Object.entries(fields).flatMap(([name, value]) => (OF_THE_LABEL.has(name) ? [] : [value]))),
    anomalous: Uint8Array.from(lines, ({ label }) => (label === 'normal' ? 0 : 1)),
  };
}

/** Edges as lines of four numbers (source, destination, tick, whether it is an attack) below a header. */
export function readEdges(file: string): LabelledEdges {
  const bytes = gunzipSync(readFileSync(file));
  const columns: number[][] = [[], [], [], []];
  let value = 0;
  let column = 0;
  for (let i = bytes.indexOf(10) + 1; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 44 || byte === 10) {
      columns[column]!.push(value);
      value = 0;
      column = byte === 10 ? 0 : column + 1;
    } else if (byte >= 48 && byte <= 57) value = value * 10 + byte - 48;
  }
  const [sources = [], destinations = [], ticks = [], attacks = []] = columns;
  return {
    name: nameOf(file),
    sources: Uint32Array.from(sources),
    destinations: Uint32Array.from(destinations),
    ticks: Uint32Array.from(ticks),
    anomalous: Uint8Array.from(attacks),
  };
}

function textOf(file: string): string {
  return gunzipSync(readFileSync(file)).toString('utf8');
}

function nameOf(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\..*$/, '');
}
