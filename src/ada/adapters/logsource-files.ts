import { fileURLToPath } from 'node:url';
import { LogsourceTaxonomy, type ProductTaxonomy } from '../domain/sigma/logsource-taxonomy.js';
import { readTaxonomyFiles } from './taxonomy-files.js';

const SCHEMA = new URL('../../../config/logsources.schema.json', import.meta.url);
const DIRECTORY = fileURLToPath(new URL('../../../config/logsources', import.meta.url));

/** Reads what the names of log sources mean. @throws LogsourcesError */
export function readLogsources(directory = DIRECTORY): LogsourceTaxonomy {
  return new LogsourceTaxonomy(readTaxonomyFiles(directory, SCHEMA, formsWithoutProduct));
}

function formsWithoutProduct({ categories = {}, services = {} }: ProductTaxonomy): readonly string[] {
  return Object.entries({ categories, services }).flatMap(([kind, sources]) =>
    Object.entries(sources).flatMap(([name, forms]) =>
      forms.flatMap(({ products }, at) => (products === undefined ? [`/${kind}/${name}/${at} names no products`] : [])),
    ),
  );
}
