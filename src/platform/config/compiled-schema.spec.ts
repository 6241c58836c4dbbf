import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { compiledSchema } from './compiled-schema.js';

const SCHEMAS = readdirSync('config').filter((file) => file.endsWith('.schema.json'));

describe('the JSON Schemas of the configuration', () => {
  it('are several', () => expect(SCHEMAS.length).toBeGreaterThan(2));

  it.each(SCHEMAS)('%s is a schema, and compiles', (file) => {
    const path = join('config', file);
    const ajv = new Ajv2020();
    expect([ajv.validateSchema(JSON.parse(readFileSync(path, 'utf8')) as object), ajv.errors ?? []]).toEqual([true, []]);
    expect(compiledSchema(path)([])).toBe(false);
  });
});
