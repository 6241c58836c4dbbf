import type { TenantId } from '../../contracts/tenant.js';
import type { LoadedRuleSummaries } from '../loaded-rule-catalog.js';
import type { LoadedRules } from '../domain/rule-source.js';
import { RuleFilters } from '../domain/sigma/filters/rule-filters.js';
import { toCorrelationSummary, toFilterSummary, toRuleSummary, toUnsupportedRule } from '../rule-summary.js';
import { RuleFiles } from './rule-files.js';
import { readTenantFilters, type TenantFilters } from './tenant-filter-files.js';

/** Where rules and filters are. */
export interface DetectionFiles {
  /** Rule files, directories and archives. */
  readonly rules: readonly string[];
  /** Directory with the filters of single tenants, one directory each; null where tenants have none. */
  readonly filters: string | null;
}

/** Rules and filters as a detection agent takes them, and as users see them. */
export interface LoadedDetection extends Pick<LoadedRules, 'rules' | 'correlations' | 'quiet'> {
  readonly suppressions: RuleFilters;
  summarise(): LoadedRuleSummaries;
}

const NO_FILTERS: TenantFilters = { filters: new Map(), unsupported: new Map() };

/** Reads rules, and the filters of all tenants and of single ones. @throws Error when they cannot be read */
export async function loadDetection({ rules: paths, filters: directory }: DetectionFiles): Promise<LoadedDetection> {
  const loaded = await new RuleFiles(paths).load();
  const { rules, correlations, quiet, filters } = loaded;
  const own = directory === null ? NO_FILTERS : await readTenantFilters(directory, rules);
  const suppressions = new RuleFilters(filters, own.filters);
  return { rules, correlations, quiet, suppressions, summarise: () => summarise(loaded, own) };
}

function summarise({ rules, correlations, quiet, filters, unsupported }: LoadedRules, own: TenantFilters): LoadedRuleSummaries {
  const byTenant = new Map<TenantId, LoadedRuleSummaries>();
  for (const [tenant, linked] of own.filters) {
    const issues = own.unsupported.get(tenant) ?? [];
    byTenant.set(tenant, { rules: linked.map(toFilterSummary), unsupported: issues.map(toUnsupportedRule) });
  }
  return {
    rules: [
      ...rules.map((rule) => toRuleSummary(rule, quiet)),
      ...correlations.map((correlation) => toCorrelationSummary(correlation, quiet)),
      ...filters.map(toFilterSummary),
    ],
    unsupported: unsupported.map(toUnsupportedRule),
    byTenant,
  };
}
