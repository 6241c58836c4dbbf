import type { OpenAPIObject } from '@nestjs/swagger';
import { AUDIT_MARK, READS } from '../audit/audited.decorator.js';
import { PROBLEM_TYPES } from '../problems/problem-types.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = Extract<NonNullable<Operation['parameters']>[number], { in: string }>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const READING: ReadonlySet<string> = new Set(['get']);

const TENANT: Parameter = {
  name: 'X-Tenant-ID',
  in: 'header',
  required: false,
  description: 'Which of the tenants that the credential holds is meant; with one tenant it may be left out.',
  schema: { type: 'string', pattern: '^[a-z][a-z0-9-]{1,62}[a-z0-9]$' },
};

const TENANT_OF_CALL: Parameter = { ...TENANT, required: true, description: 'For which tenant the service calls.' };

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key and request within 24 hours are carried out once and answered alike, with `Idempotency-Replayed: true`.',
  schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[!-~]+$' },
};

/** Adds to every operation what all of its kind have, so that no controller repeats it: parameters, headers, and the problems it can answer. */
export function completeOperations(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      operation.parameters = parametersOf(operation, method);
      if (READING.has(method) && !(AUDIT_MARK in operation)) Object.assign(operation, { [AUDIT_MARK]: READS });
      addProblems(operation, path, method);
    }
  }
  for (const schema of Object.values(document.components?.schemas ?? {})) {
    if ('properties' in schema) Object.values(schema.properties ?? {}).forEach(allowNull);
  }
  return document;
}

/** A nullable enumeration must list null (OpenAPI 3.0.3, proposal 2019-10-31). */
function allowNull(property: object): void {
  if ('nullable' in property && 'enum' in property && Array.isArray(property.enum) && !property.enum.includes(null)) {
    property.enum = [...(property.enum as unknown[]), null];
  }
}

function parametersOf(operation: Operation, method: string): Parameter[] {
  const declared = (operation.parameters ?? []).filter((parameter): parameter is Parameter => 'in' in parameter);
  const isTenantOperation = 'x-scope' in operation && operation['x-scope'] === 'tenant';
  const isBetweenServices = 'x-services' in operation;
  const keepsKeys = !READING.has(method) && ('x-permission' in operation || isBetweenServices);
  const tenant = isBetweenServices ? TENANT_OF_CALL : TENANT;
  const all = [...declared, ...(isTenantOperation ? [tenant] : []), ...(keepsKeys ? [IDEMPOTENCY_KEY] : [])];
  const named = new Map<string, Parameter>();
  for (const parameter of all) {
    const key = `${parameter.in} ${parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name}`;
    named.set(key, { ...named.get(key), ...described(parameter) });
  }
  return [...named.values()];
}

/** A path parameter is named after what it identifies. */
function described(parameter: Parameter): Parameter {
  if (parameter.in !== 'path' || parameter.description !== undefined) return parameter;
  return { ...parameter, description: `Which ${parameter.name.replace(/_id$/, '').replaceAll('_', ' ')} is meant.` };
}

function addProblems(operation: Operation, path: string, method: string): void {
  const isPublic = 'x-public' in operation;
  const takesParameters = (operation.parameters ?? []).some((parameter) => 'in' in parameter && parameter.in === 'query');
  const statuses = new Set<number>([400, 500]);
  const add = (when: boolean, ...more: number[]): void => {
    if (when) for (const status of more) statuses.add(status);
  };
  add(!isPublic, 401, 403, 429);
  add(path.includes('{'), 404);
  add(takesParameters, 422);
  add(!READING.has(method), 413, 415, 422);
  add(!READING.has(method) && !isPublic, 409);
  add(!isPublic, 503);
  add('x-services' in operation, 504);
  for (const status of statuses) {
    operation.responses[String(status)] ??= { description: titlesOf(status), content: PROBLEM };
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if (Number(status) >= 400 && response !== undefined && !('$ref' in response)) response.content ??= PROBLEM;
  }
}

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemBody' } } };

function titlesOf(status: number): string {
  const types = Object.entries(PROBLEM_TYPES).filter(([, type]) => type.status === status);
  return types.map(([name, { title }]) => `\`${name}\`: ${title}.`).join(' ');
}
