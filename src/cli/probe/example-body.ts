/** The part of JSON Schema that the API document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
}

/** A body that a schema allows: examples, defaults and the least of the rest; only what is required. */
export function exampleBody(schema: Schema, components: Readonly<Record<string, Schema>>): unknown {
  const shown = [schema.example, schema.default, schema.enum?.[0]].find((value) => value !== undefined);
  if (shown !== undefined) return shown;
  const inner = schema.$ref ? components[schema.$ref.split('/').at(-1) ?? ''] : schema.allOf?.[0];
  return inner ? exampleBody(inner, components) : leastOf(schema, components);
}

function leastOf(schema: Schema, components: Readonly<Record<string, Schema>>): unknown {
  switch (schema.type) {
    case 'object': {
      const isShown = ([name, { example }]: [string, Schema]): boolean => schema.required?.includes(name) === true || example !== undefined;
      const properties = Object.entries(schema.properties ?? {}).filter(isShown);
      return Object.fromEntries(properties.map(([name, property]) => [name, exampleBody(property, components)]));
    }
    case 'array':
      return schema.items && (schema.minItems ?? 0) > 0 ? [exampleBody(schema.items, components)] : [];
    case 'boolean':
      return false;
    case 'number':
    case 'integer':
      return 1;
    case undefined:
    default:
      return 'text';
  }
}
