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
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const inner = schema.$ref ? components[schema.$ref.split('/').at(-1) ?? ''] : schema.allOf?.[0];
  if (inner) return exampleBody(inner, components);
  if (schema.type === 'object') {
    const shown = Object.entries(schema.properties ?? {}).filter(
      ([name, { example }]) => schema.required?.includes(name) || example !== undefined,
    );
    return Object.fromEntries(shown.map(([name, property]) => [name, exampleBody(property, components)]));
  }
  if (schema.type === 'array') return schema.items && (schema.minItems ?? 0) > 0 ? [exampleBody(schema.items, components)] : [];
  if (schema.type === 'boolean') return false;
  return schema.type === 'number' || schema.type === 'integer' ? 1 : 'text';
}
