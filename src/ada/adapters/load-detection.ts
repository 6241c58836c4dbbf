import { createHash } from 'node:crypto';
import type { TenantId } from '../../contracts/tenant.js';
import type { LoadedRuleSummaries } from '../loaded-rule-catalog.js';
import type { RuleSamples } from '../domain/liveness/rule-sample.js';
import { SampleBook } from '../domain/liveness/rule-samples.js';
import type { LoadedRules, UnsupportedRule } from '../domain/rule-source.js';
import type { LinkedFilter } from '../domain/sigma/filters/link-filters.js';
import { RuleFilters } from '../domain/sigma/filters/rule-filters.js';
import { toCorrelationSummary, toFilterSummary, toRuleSummary, toUnsupportedRule } from '../rule-summary.js';
import { type DetectionFiles, type DetectionTexts, gatherDetection } from './gather-detection.js';
import { readLogsources } from './logsource-files.js';
import { type OwnContextOf, type OwnFilters, ownContexts } from './read-own-filters.js';
import { NO_PLACEHOLDERS, readPlaceholders } from './placeholder-file.js';
import { operatorContext } from './rule-files.js';
import { RuleReader } from './rule-reader.js';
import { readTexts } from './rule-texts.js';
import { TenantFilterBook } from './tenant-filter-book.js';
import { readTenantFilters } from './tenant-filter-files.js';

/** Rules and filters as a detection agent takes them, and as users see them. */
export interface LoadedDetection extends Pick<LoadedRules, 'rules' | 'correlations' | 'quiet'> {
  readonly suppressions: RuleFilters;
  /** What `suppressions` have of all tenants. */
  readonly everywhere: readonly LinkedFilter[];
  /** What `suppressions` have of single tenants. */
  readonly own: TenantFilterBook;
  /** SHA-256 of what rules, correlations and filters of all tenants were written as, by id. */
  readonly digests: ReadonlyMap<string, string>;
  /** How documents of tenants are read. */
  readonly contextOf: OwnContextOf;
  /** What shows whether rules are alive: gathered as documents are read, so that what is lost between there and detection is missed. */
  samples(): readonly RuleSamples[];
  /** The same, one rule after another: to derive all of them takes a while. */
  eachSampled(): Iterable<RuleSamples>;
  summarise(): LoadedRuleSummaries;
}

/** Reads rules, and the filters of all tenants and of single ones. @throws Error when they cannot be read */
export async function loadDetection(files: DetectionFiles): Promise<LoadedDetection> {
  return readDetection(await gatherDetection(files));
}

/** Reads what was gathered, in short turns, so that other work of the thread goes on. */
export async function readDetection(texts: DetectionTexts): Promise<LoadedDetection> {
  const logsources = readLogsources();
  const book = new SampleBook();
  const digests = new Map<string, string>();
  const { lists, unsupported, tenantFaults } = texts.placeholders ? readPlaceholders(texts.placeholders) : NO_PLACEHOLDERS;
  const reader = new RuleReader(operatorContext(logsources, lists), ({ read, text }) => {
    book.add(read);
    digests.set(read.rule.id, createHash('sha256').update(text).digest('base64url'));
  });
  await readTexts(texts.rules, reader);
  const read = reader.link();
  const loaded = { ...read, unsupported: [...unsupported, ...read.unsupported] };
  const contextOf = ownContexts(logsources, lists);
  const { rules, correlations, quiet, filters } = loaded;
  const inFiles = await readTenantFilters(texts.filters, rules, contextOf);
  const suppressions = new RuleFilters(filters, new Map([...inFiles].map(([tenant, own]) => [tenant, own.filters])));
  const fromFiles = withFaults(inFiles, [...tenantFaults, ...read.tenantFaults]);
  const own = new TenantFilterBook({ rules, contextOf, fromFiles }, suppressions);
  const linked = new Set([...rules, ...correlations.map(({ rule }) => rule)].map(({ id }) => id));
  const refused = new Set(loaded.unsupported.flatMap(({ id }) => (id === undefined || linked.has(id) ? [] : [id])));
  const eachSampled = (): Iterable<RuleSamples> => without(refused, book.each());
  const found = { rules, correlations, quiet, suppressions, everywhere: filters, own, digests, contextOf };
  return { ...found, samples: () => [...eachSampled()], eachSampled, summarise: () => summarise(loaded) };
}

/** What is wrong for a tenant alone is told to it, with what it has of its own. */
function withFaults(
  filters: ReadonlyMap<TenantId, OwnFilters>,
  faults: readonly (readonly [TenantId, readonly UnsupportedRule[]])[],
): ReadonlyMap<TenantId, OwnFilters> {
  const all = new Map(filters);
  for (const [tenant, unsupported] of faults) {
    const known = all.get(tenant) ?? { filters: [], unsupported: [] };
    all.set(tenant, { ...known, unsupported: [...known.unsupported, ...unsupported] });
  }
  return all;
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
