import type { Column, LakeTable } from './lake-tables.js';

/** A column as the REST API tells it. */
export interface FoundColumn {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
}

/** What is between a table and what the code writes. */
export interface SchemaDifference {
  /** What nothing can be done about, in words. */
  readonly faults: readonly string[];
  /** Columns that can be added. */
  readonly missing: readonly Column[];
}

const STANDARD_NAMES: Readonly<Record<string, string>> = { INTEGER: 'INT64' };

/** Compares a table that is there with ours. Columns of others are left alone as long as they need no value. */
export function compareSchema({ columns }: LakeTable, found: readonly FoundColumn[]): SchemaDifference {
  const byName = new Map(found.map((column) => [column.name, column]));
  const missing = columns.filter(({ name }) => !byName.has(name));
  const faults = [
    ...missing.filter(({ mode }) => mode === 'REQUIRED').map(({ name }) => `the column ${name} is missing`),
    ...columns.flatMap((column) => faultOf(column, byName.get(column.name))),
    ...found
      .filter(({ name, mode }) => mode === 'REQUIRED' && !columns.some((column) => column.name === name))
      .map(({ name }) => `the column ${name} is not ours and REQUIRED`),
  ];
  return { faults, missing: missing.filter(({ mode }) => mode !== 'REQUIRED') };
}

function faultOf({ name, type, mode }: Column, found: FoundColumn | undefined): readonly string[] {
  if (!found) return [];
  const foundType = STANDARD_NAMES[found.type] ?? found.type;
  if (foundType !== type) return [`the column ${name} is ${foundType} and not ${type}`];
  const foundMode = found.mode ?? 'NULLABLE';
  const holdsAll = foundMode === mode || (mode === 'REQUIRED' && foundMode === 'NULLABLE');
  return holdsAll ? [] : [`the column ${name} is ${foundMode} and not ${mode}`];
}
