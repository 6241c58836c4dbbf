import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { TestBudget } from '../domain/sigma/test-budget.js';
import { linkOwnFilters, type OwnContextOf, type OwnFilters } from './read-own-filters.js';
import { readPath } from './rule-files.js';
import { RuleReader } from './rule-reader.js';
import { readTexts, RuleTextCollector, type RuleTexts } from './rule-texts.js';

const MAX_TENANTS = 10_000;

/** The files of single tenants' filters. */
export type TenantFilterTexts = ReadonlyMap<TenantId, RuleTexts>;

/**
 * Gathers the filters of single tenants: a directory holds one directory for each of them, named as the tenant is, with filter rules in YAML.
 * @throws Error when the directory cannot be read
 */
export async function gatherTenantFilters(directory: string): Promise<TenantFilterTexts> {
  const texts = new Map<TenantId, RuleTexts>();
  const entries = await readdir(directory, { withFileTypes: true });
  const tenants = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (tenants.length > MAX_TENANTS) throw new Error(`filters of more than ${MAX_TENANTS} tenants`);
  for (const tenant of tenants.filter(isTenantId).sort()) {
    const collector = new RuleTextCollector();
    await readPath(join(directory, tenant), collector);
    texts.set(tenant, collector.texts());
  }
  return texts;
}

/** Reads them. What cannot be put in force is reported to that tenant. */
export async function readTenantFilters(
  texts: TenantFilterTexts,
  rules: readonly SigmaRule[],
  contextOf: OwnContextOf,
): Promise<ReadonlyMap<TenantId, OwnFilters>> {
  const filters = new Map<TenantId, OwnFilters>();
  for (const [tenant, own] of texts) {
    const reader = new RuleReader({ ...contextOf(tenant), budget: new TestBudget() });
    await readTexts(own, reader);
    filters.set(tenant, linkOwnFilters(reader, rules));
  }
  return filters;
}
