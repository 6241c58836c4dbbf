import type { LoadedRuleSummaries } from '../loaded-rule-catalog.js';
import type { RuleSamples } from '../domain/liveness/rule-sample.js';
import { SampleBook } from '../domain/liveness/rule-samples.js';
import type { LoadedRules } from '../domain/rule-source.js';
import type { LinkedFilter } from '../domain/sigma/filters/link-filters.js';
import { RuleFilters } from '../domain/sigma/filters/rule-filters.js';
import { toCorrelationSummary, toFilterSummary, toRuleSummary, toUnsupportedRule } from '../rule-summary.js';
import { readLogsources } from './logsource-files.js';
import { ownFilterContext } from './read-own-filters.js';
import { RuleFiles } from './rule-files.js';
import { TenantFilterBook } from './tenant-filter-book.js';
import { readTenantFilters } from './tenant-filter-files.js';

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
  /** What `suppressions` have of all tenants. */
  readonly everywhere: readonly LinkedFilter[];
  /** What `suppressions` have of single tenants. */
  readonly own: TenantFilterBook;
  /** What shows whether rules are alive: gathered as documents are read, so that what is lost between there and detection is missed. */
  samples(): readonly RuleSamples[];
  /** The same, one rule after another: to derive all of them takes a while. */
  eachSampled(): Iterable<RuleSamples>;
  summarise(): LoadedRuleSummaries;
}

/** Reads rules, and the filters of all tenants and of single ones. @throws Error when they cannot be read */
export async function loadDetection({ rules: paths, filters: directory }: DetectionFiles): Promise<LoadedDetection> {
  const logsources = readLogsources();
  const book = new SampleBook();
  const loaded = await new RuleFiles(paths, { logsources, onRead: ({ read }) => book.add(read) }).load();
  const context = ownFilterContext(logsources);
  const { rules, correlations, quiet, filters } = loaded;
  const fromFiles = directory === null ? new Map() : await readTenantFilters(directory, rules, context);
  const suppressions = new RuleFilters(filters, new Map([...fromFiles].map(([tenant, own]) => [tenant, own.filters])));
  const own = new TenantFilterBook({ rules, context, fromFiles }, suppressions);
  const linked = new Set([...rules, ...correlations.map(({ rule }) => rule)].map(({ id }) => id));
  const refused = new Set(loaded.unsupported.flatMap(({ id }) => (id === undefined || linked.has(id) ? [] : [id])));
  const eachSampled = (): Iterable<RuleSamples> => without(refused, book.each());
  const found = { rules, correlations, quiet, suppressions, everywhere: filters, own };
  return { ...found, samples: () => [...eachSampled()], eachSampled, summarise: () => summarise(loaded) };
}

function* without(refused: ReadonlySet<string>, rules: Iterable<RuleSamples>): Iterable<RuleSamples> {
  for (const rule of rules) if (!refused.has(rule.id)) yield rule;
}

function summarise({ rules, correlations, quiet, filters, unsupported }: LoadedRules): LoadedRuleSummaries {
  return {
    rules: [
      ...rules.map((rule) => toRuleSummary(rule, quiet)),
      ...correlations.map((correlation) => toCorrelationSummary(correlation, quiet)),
      ...filters.map(toFilterSummary),
    ],
    unsupported: unsupported.map(toUnsupportedRule),
  };
}
