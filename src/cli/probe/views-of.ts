import { isOpenTo, pathParameters, type ApiOperation } from './api-operations.js';
import { filtersOf, OF_NOBODY } from './attempts-on.js';
import type { KnownIds } from './known-ids.js';

/** A look of a tenant at what is its own. */
export interface View {
  readonly operation: ApiOperation;
  readonly path: string;
  /** Looks for it by a filter, rather than by its identifier. */
  readonly isSearch: boolean;
}

/** Lists of what all tenants share: by what is a tenant's own none is found. */
const SHARED_LISTS = new Set(['/api/v1/rules', '/api/v1/rule-scorecards', '/api/v1/rule-liveness']);

/** Every way in which a tenant's administrator can look at its own: each object, and each list by each filter. */
export function viewsOf(operations: readonly ApiOperation[], values: KnownIds, hasListCredential: boolean): readonly View[] {
  const isAsked = (operation: ApiOperation): boolean =>
    operation.permission === undefined
      ? operation.schemes.includes('basic') && hasListCredential
      : isOpenTo(operation, 'tenant-admin') && operation.schemes.includes('bearer');
  const valueOf = (name: string): string => encodeURIComponent(OF_NOBODY.get(name) ?? values.get(name) ?? '');
  return operations
    .filter((operation) => operation.method === 'GET' && !operation.isStream && isAsked(operation))
    .flatMap((operation): View[] => {
      const names = pathParameters(operation);
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => valueOf(name));
      if (names.length > 0) return names.every((name) => valueOf(name) !== '') ? [{ operation, path, isSearch: false }] : [];
      const filters = SHARED_LISTS.has(operation.path) ? [] : filtersOf(operation).filter((name) => values.has(name));
      return filters.map((name) => ({ operation, path: `${path}?${name}=${valueOf(name)}`, isSearch: true }));
    });
}
