import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_TYPES } from '../problems/problem-types.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Adds to every operation the problems it can answer with, so that the document names them all and no controller repeats them. */
export function documentProblems(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) addProblems(operation, path, method);
    }
  }
  return document;
}

function addProblems(operation: Operation, path: string, method: string): void {
  const isPublic = 'x-public' in operation;
  const hasBody = operation.requestBody !== undefined;
  const takesParameters = (operation.parameters ?? []).some((parameter) => 'in' in parameter && parameter.in === 'query');
  const statuses = new Set<number>([500]);
  const add = (when: boolean, ...more: number[]): void => {
    if (when) for (const status of more) statuses.add(status);
  };
  add(!isPublic, 401, 403);
  add(path.includes('{'), 404);
  add(takesParameters, 400, 422);
  add(hasBody, 400, 413, 415, 422);
  add(method !== 'get' && !isPublic, 409);
  add(!isPublic, 503);
  for (const status of statuses) {
    operation.responses[String(status)] ??= {
      description: titlesOf(status),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemBody' } } },
    };
  }
}

function titlesOf(status: number): string {
  const types = Object.entries(PROBLEM_TYPES).filter(([, type]) => type.status === status);
  return types.map(([name, { title }]) => `\`${name}\`: ${title}.`).join(' ');
}
