import { fileURLToPath } from 'node:url';
import { FieldTaxonomy } from '../domain/sigma/lint/field-taxonomy.js';
import { readTaxonomyFiles } from './taxonomy-files.js';

const SCHEMA = new URL('../../../config/logsource_fields.schema.json', import.meta.url);
const DIRECTORY = fileURLToPath(new URL('../../../config/logsources/fields', import.meta.url));

/** Reads which fields the events of log sources carry. @throws LogsourcesError */
export function readFieldNames(directory = DIRECTORY): FieldTaxonomy {
  return new FieldTaxonomy(readTaxonomyFiles(directory, SCHEMA));
}
