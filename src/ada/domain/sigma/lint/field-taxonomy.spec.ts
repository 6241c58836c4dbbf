import { FieldTaxonomy } from './field-taxonomy.js';

const taxonomy = new FieldTaxonomy([
  { fields: { names: ['tags'], open: ['ecs'] }, categories: { process: { names: ['Image'] } } },
  {
    product: 'acme',
    fields: { names: ['Host'] },
    categories: { process: { names: ['Own'] }, audit: { names: ['Who'] } },
    services: { all: { like: ['category process', 'service log'] }, log: { names: ['Line'] } },
  },
  { product: 'other', fields: { names: ['Theirs'] }, services: { log: { names: ['Text'] }, lone: { names: ['Alone'] } } },
]);
const names = ['tags', 'ecs.version', 'Image', 'Host', 'Own', 'Who', 'Line', 'Theirs', 'Text', 'Alone'];

describe('the fields of log sources', () => {
  it.each([
    [{ product: 'acme', category: 'process' }, ['tags', 'ecs.version', 'Image', 'Host', 'Own']],
    [{ product: 'third', category: 'process' }, ['tags', 'ecs.version', 'Image']],
    [{ product: 'acme', service: 'log' }, ['tags', 'ecs.version', 'Host', 'Line']],
    [{ product: 'acme', category: 'audit', service: 'log' }, ['tags', 'ecs.version', 'Host', 'Who', 'Line']],
    [{ product: 'acme', service: 'all' }, ['tags', 'ecs.version', 'Image', 'Host', 'Own', 'Line', 'Text']],
    [{ service: 'log' }, ['tags', 'ecs.version', 'Host', 'Line', 'Theirs', 'Text']],
  ])('of %j are its own, those of its product and those of any', (logsource, expected) => {
    const known = taxonomy.fieldsOf(logsource);
    expect(names.filter((name) => known?.has(name))).toEqual(expected);
    expect(taxonomy.fieldsOf({ ...logsource })).toBe(known);
  });

  it.each([
    [{ product: 'acme' }],
    [{ product: 'acme', service: 'lone' }],
    [{ product: 'acme', category: 'process', service: 'unknown' }],
    [{ product: 'third', service: 'log' }],
    [{ category: 'constructor' }],
    [{}],
  ])('of %j are not known', (logsource) => {
    expect(taxonomy.fieldsOf(logsource)).toBeUndefined();
    expect(taxonomy.fieldsOf(logsource)).toBeUndefined();
  });
});
