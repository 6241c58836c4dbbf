import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import type { UnsupportedRule } from '../domain/rule-source.js';
import { type LinkedFilter, linkFilters } from '../domain/sigma/filters/link-filters.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { compileLinearPattern } from './linear-pattern.js';
import { readLogsources } from './logsource-files.js';
import { readPath } from './rule-files.js';
import { RuleReader } from './rule-reader.js';

/** Filters of single tenants. */
export interface TenantFilters {
  readonly filters: ReadonlyMap<TenantId, readonly LinkedFilter[]>;
  readonly unsupported: ReadonlyMap<TenantId, readonly UnsupportedRule[]>;
}

const MAX_TENANTS = 10_000;

/**
 * Reads the filters of single tenants: a directory holds one directory for each of them, named as the tenant is, with filter rules in YAML.
 * Tenants write them, so their patterns are compiled by the linear engine alone. What is no filter, or refers to a rule that is not
 * loaded, is reported to that tenant. @throws Error when the directory cannot be read
 */
export async function readTenantFilters(directory: string, rules: readonly SigmaRule[]): Promise<TenantFilters> {
  const filters = new Map<TenantId, readonly LinkedFilter[]>();
  const unsupported = new Map<TenantId, readonly UnsupportedRule[]>();
  const entries = await readdir(directory, { withFileTypes: true });
  const tenants = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (tenants.length > MAX_TENANTS) throw new Error(`filters of more than ${MAX_TENANTS} tenants`);
  const context = { compilePattern: compileLinearPattern, placeholders: new Map(), logsources: readLogsources() };
  for (const tenant of tenants.filter(isTenantId).sort()) {
    const reader = new RuleReader(context);
    await readPath(join(directory, tenant), reader);
    for (const rule of [...reader.rules, ...reader.correlations]) {
      reader.refuseRule({ rule, reason: 'only filter rules belong to a tenant', path: [] });
    }
    const linked = linkFilters(rules, reader.filters);
    for (const one of linked.refused) reader.refuseRule(one);
    filters.set(tenant, linked.filters);
    unsupported.set(tenant, reader.unsupported);
  }
  return { filters, unsupported };
}
