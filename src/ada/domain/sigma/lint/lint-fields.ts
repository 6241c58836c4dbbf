import { type Fields, isFields } from '../fields.js';
import type { DocumentPath } from '../sigma-error.js';
import type { Logsource } from '../sigma-rule.js';
import type { FieldTaxonomy } from './field-taxonomy.js';
import type { LintRemark } from './lint-remark.js';
import { LogsourceFields } from './logsource-fields.js';

const MOST_REMARKS = 100;

interface NamedField {
  readonly name: string;
  readonly path: DocumentPath;
}

/**
 * Remarks about fields that no event of a rule's log source is known to have, at most 100. Rules that are written in names other than Sigma's say so
 * (`taxonomy`) and are left alone, as are log sources whose fields are not known.
 * @param section what holds the searches: `detection` or `filter`
 */
export function lintFields(written: Fields, section: 'detection' | 'filter', logsource: Logsource, taxonomy: FieldTaxonomy): LintRemark[] {
  const names = LogsourceFields.of(written, logsource, taxonomy);
  if (names === undefined) return [];
  const remarks: LintRemark[] = [];
  for (const { name, path } of fieldsOf(written[section], section)) {
    if (remarks.length === MOST_REMARKS) break;
    const reason = names.against(name);
    if (reason !== undefined) remarks.push({ path, reason: `${section}: ${reason}` });
  }
  return remarks;
}

function* fieldsOf(searches: unknown, section: string): Generator<NamedField> {
  if (!isFields(searches)) return;
  for (const [name, search] of Object.entries(searches)) yield* fieldsIn(search, [section, name]);
}

/** The fields that a search asks for, and those that they are compared with, each with its place. */
function* fieldsIn(search: unknown, path: DocumentPath): Generator<NamedField> {
  if (Array.isArray(search)) for (const [at, one] of (search as unknown[]).entries()) yield* fieldsIn(one, [...path, at]);
  if (!isFields(search)) return;
  for (const [key, value] of Object.entries(search)) {
    const [name = '', ...modifiers] = key.split('|');
    const place = [...path, key];
    if (name.trim() !== '') yield { name: name.trim(), path: place };
    if (modifiers.includes('fieldref')) for (const other of [value].flat()) yield { name: String(other), path: place };
  }
}
