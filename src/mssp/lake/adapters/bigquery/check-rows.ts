import { LakeRefused } from '../../domain/event-lake.js';
import { timestampOf, type Column, type LakeRow, type LakeTable } from './lake-tables.js';

/**
 * Holds rows against their table before they are sent: of several of them one that is faulty would have the whole request fail, or be left out.
 * @throws LakeRefused that names the row and the column, and nothing that is in it.
 */
export function checkRows({ name, columns }: LakeTable, rows: readonly LakeRow[]): void {
  for (const [position, { values }] of rows.entries()) {
    const faulty = columns.find((column) => !fits(column, values[column.name]));
    if (faulty) throw new LakeRefused(`row ${position} for ${name} has no ${faulty.type} in ${faulty.name}, which is ${faulty.mode}`);
    const unknown = Object.keys(values).find((key) => !columns.some((column) => column.name === key));
    if (unknown !== undefined) throw new LakeRefused(`row ${position} for ${name} has a column that the table has not: ${unknown}`);
  }
}

function fits({ type, mode }: Column, value: unknown): boolean {
  if (mode === 'REPEATED') return Array.isArray(value) && value.every(isText);
  if (value === null || value === undefined) return mode === 'NULLABLE';
  if (type === 'STRING') return isText(value);
  return Number.isSafeInteger(value) && (type === 'INT64' || timestampOf(value as number) !== null);
}

/** Half a character of UTF-16 has no form in UTF-8. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}
