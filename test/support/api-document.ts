import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { Schema } from '../../src/cli/probe/example-body.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly 'x-permission'?: string;
  readonly 'x-scope'?: 'tenant';
  readonly 'x-public'?: boolean;
  /** Services that may call it, signed. */
  readonly 'x-services'?: readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

/** An operation with its place in the document. */
export interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The API document of a running app, and what bodies it allows. */
export class ApiDocument {
  private readonly ajv = new Ajv({ strict: false, allErrors: true });

  private constructor(
    readonly operations: readonly PlacedOperation[],
    readonly schemas: Readonly<Record<string, Schema>>,
  ) {
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: 'api', components: { schemas: strictly(schemas) } });
  }

  static async of(baseUrl: string): Promise<ApiDocument> {
    const document = (await (await fetch(`${baseUrl}/docs-json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, Schema> };
    };
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
    return new ApiDocument(operations, document.components.schemas);
  }

  /** The schema that a reference names, or the schema itself. */
  resolve(schema: Schema): Schema {
    const named = schema.$ref ? this.schemas[schema.$ref.split('/').at(-1) ?? ''] : undefined;
    return named ?? schema;
  }

  /** What is wrong with a body by its schema; `undefined` where nothing is. */
  fault(schema: Schema, body: unknown): string | undefined {
    const validate = this.ajv.compile(strictly(withAbsoluteReferences(schema)) as object);
    return validate(body) ? undefined : this.ajv.errorsText(validate.errors);
  }
}

function withAbsoluteReferences(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as Schema;
}

/** OpenAPI 3.0 in the terms of JSON Schema: what is nullable may be null also by reference, and objects have no fields but those named. */
function strictly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strictly);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, strictly(member)]));
  if (schema['nullable'] === true && schema['allOf'] !== undefined) return { anyOf: [{ type: 'null' }, { allOf: schema['allOf'] }] };
  if (schema['type'] === 'object' && typeof schema['properties'] === 'object' && schema['additionalProperties'] === undefined) {
    return { ...schema, additionalProperties: false };
  }
  return schema;
}
