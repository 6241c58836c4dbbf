import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/**
 * Compiles a JSON Schema of this project (draft 2020-12) into a check that reports every fault. That the schema is itself one is for the tests to
 * show: to check it at each start would take ten times as long as what it is for.
 */
export function compiledSchema<Content>(file: URL | string): ValidateFunction<Content> {
  const ajv = new Ajv2020({ allErrors: true, validateSchema: false });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  return ajv.compile<Content>(JSON.parse(readFileSync(file, 'utf8')) as object);
}
