import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { linkOwnFilters, type OwnContextOf, type OwnFilters } from './read-own-filters.js';
import { readPath } from './rule-files.js';
import { RuleReader } from './rule-reader.js';

const MAX_TENANTS = 10_000;

/**
 * Reads the filters of single tenants: a directory holds one directory for each of them, named as the tenant is, with filter rules in YAML.
 * What cannot be put in force is reported to that tenant. @throws Error when the directory cannot be read
 */
export async function readTenantFilters(
  directory: string,
  rules: readonly SigmaRule[],
  contextOf: OwnContextOf,
): Promise<ReadonlyMap<TenantId, OwnFilters>> {
  const filters = new Map<TenantId, OwnFilters>();
  const entries = await readdir(directory, { withFileTypes: true });
  const tenants = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (tenants.length > MAX_TENANTS) throw new Error(`filters of more than ${MAX_TENANTS} tenants`);
  for (const tenant of tenants.filter(isTenantId).sort()) {
    const reader = new RuleReader(contextOf(tenant));
    await readPath(join(directory, tenant), reader);
    filters.set(tenant, linkOwnFilters(reader, rules));
  }
  return filters;
}
