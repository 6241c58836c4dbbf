import { csvRows } from './csv-rows.js';
import { IndicatorError } from './indicator-error.js';
import { DEFAULT_CONFIDENCE, type IndicatorDocument, type IndicatorReport, type UnsupportedIndicator } from './indicator.js';
import { anyValue, valueOfType } from './indicator-value.js';
import { tlpOfLabel } from './tlp.js';

/** Which column holds what: names of the first row's cells, or numbers from 1 on where there is no such row. */
export interface CsvColumns {
  readonly value: string | number;
  readonly name?: string | number;
  /** 0 to 100. */
  readonly confidence?: string | number;
  readonly valid_from?: string | number;
  readonly valid_until?: string | number;
  readonly tlp?: string | number;
}

export interface CsvForm {
  readonly columns: CsvColumns;
  /** One character; a comma where nothing is said. */
  readonly delimiter?: string;
  /** What all values are; where nothing is said it is told by their form. */
  readonly type?: string;
}

const MAX_NAME = 200;
const SHOWN = 80;

/** Reads a list with an indicator a row. Rows that cannot be used are reported. @throws IndicatorError where a column is missing. */
export function readCsvList(text: string, form: CsvForm): IndicatorDocument {
  const reports = new Map<string, IndicatorReport>();
  const unsupported: UnsupportedIndicator[] = [];
  let places: ReadonlyMap<string, number> | undefined;
  for (const row of csvRows(text, form.delimiter ?? ',')) {
    if (places === undefined) {
      places = placesOf(form.columns, row);
      if (typeof form.columns.value === 'string') continue;
    }
    const cell = (name: keyof CsvColumns): string => row[places?.get(name) ?? -1] ?? '';
    try {
      const report = readRow(cell, form.type);
      reports.set(report.external_id, report);
    } catch (error) {
      if (!(error instanceof IndicatorError)) throw error;
      unsupported.push({ id: cell('value').slice(0, SHOWN), reason: error.message });
    }
  }
  return { reports: [...reports.values()], unsupported };
}

function placesOf(columns: CsvColumns, head: readonly string[]): ReadonlyMap<string, number> {
  const names = head.map((name) => name.toLowerCase());
  return new Map(
    Object.entries(columns).map(([column, place]: [string, string | number]) => {
      const at = typeof place === 'number' ? place - 1 : names.indexOf(place.toLowerCase());
      if (at < 0) throw new IndicatorError(`there is no column ${String(place).slice(0, SHOWN)}`);
      return [column, at];
    }),
  );
}

function readRow(cell: (name: keyof CsvColumns) => string, type: string | undefined): IndicatorReport {
  const value = type === undefined ? anyValue(cell('value')) : valueOfType(type, cell('value'));
  const tlp = tlpOfLabel(`tlp:${cell('tlp').replace(/^tlp:/i, '')}`);
  return {
    external_id: `${value.type} ${value.value}`.slice(0, 2_100),
    name: (cell('name') || value.value).slice(0, MAX_NAME).toWellFormed(),
    values: [value],
    valid_from: timeOf(cell('valid_from')),
    valid_until: timeOf(cell('valid_until')),
    confidence: confidenceOf(cell('confidence')),
    revoked: false,
    ...(tlp === undefined ? {} : { tlp }),
  };
}

function confidenceOf(text: string): number {
  if (text === '') return DEFAULT_CONFIDENCE;
  const value = /^\d{1,3}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 100)) throw new IndicatorError('confidence is not between 0 and 100');
  return Math.round(value) / 100;
}

/** A day or an RFC 3339 time; a time without a zone is one of UTC. */
function timeOf(text: string): string | null {
  if (text === '') return null;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  const time = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}${match[3] ?? 'Z'}`);
  if (Number.isNaN(time)) throw new IndicatorError(`not a time: ${text.slice(0, SHOWN)}`);
  return new Date(time).toISOString();
}
