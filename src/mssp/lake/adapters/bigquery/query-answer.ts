import type { RestError } from './bigquery-fault.js';
import type { AnsweredRow } from './lake-rows.js';

/** A value of a query by its type; a TIMESTAMP is milliseconds since the epoch. */
export type Parameter =
  { readonly type: 'STRING'; readonly value: string } | { readonly type: 'INT64' | 'TIMESTAMP'; readonly value: number };

/** By name. */
export type Parameters = Readonly<Record<string, Parameter>>;

interface Cell {
  readonly v: unknown;
}

/** What `jobs.query` and `jobs.getQueryResults` answer. */
export interface QueryAnswer {
  readonly jobComplete?: boolean;
  readonly jobReference?: { readonly jobId: string; readonly location?: string };
  readonly pageToken?: string;
  readonly schema?: { readonly fields?: readonly { readonly name: string }[] };
  readonly rows?: readonly { readonly f: readonly Cell[] }[];
  readonly errors?: RestError['errors'];
}

/** Parameters as the API takes them. */
export function queryParameters(parameters: Parameters): readonly Readonly<Record<string, unknown>>[] {
  return Object.entries(parameters).map(([name, { type, value }]) => ({
    name,
    parameterType: { type },
    parameterValue: { value: type === 'TIMESTAMP' ? new Date(value).toISOString() : String(value) },
  }));
}

/** The error of a query that was answered with a status of success. */
export function failedQuery({ errors }: QueryAnswer): RestError | undefined {
  return errors && errors.length > 0 ? { errors } : undefined;
}

/** The rows of an answer, by column: texts, lists of them, and null. */
export function readRows({ schema, rows = [] }: QueryAnswer): readonly AnsweredRow[] {
  const names = (schema?.fields ?? []).map(({ name }) => name);
  return rows.map(({ f }) => Object.fromEntries(f.map(({ v }, column) => [names[column] ?? '', readValue(v)])));
}

function readValue(value: unknown): unknown {
  return Array.isArray(value) ? (value as readonly Cell[]).map(({ v }) => v) : value;
}
