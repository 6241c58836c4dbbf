import type { TenantId } from '../../contracts/tenant.js';
import type { LinkedCorrelation } from './sigma/correlation/link-correlations.js';
import type { LinkedFilter } from './sigma/filters/link-filters.js';
import type { SigmaRule } from './sigma/sigma-rule.js';

/** A document among rules that cannot be used, and why. */
export interface UnsupportedRule {
  /** File, or archive and path inside it (`rules.tar.gz/windows/a.yml`). */
  readonly path: string;
  /** Line of the file, from 1, where what is wrong stands; not there where it is the file as a whole. */
  readonly line?: number;
  readonly id?: string;
  readonly title?: string;
  readonly reason: string;
}

/** What became of the documents of a rule source: every one is either a rule or reported. */
export interface LoadedRules {
  readonly rules: readonly SigmaRule[];
  /** Those that others refer to come first. */
  readonly correlations: readonly LinkedCorrelation[];
  /** Filters of all tenants. */
  readonly filters: readonly LinkedFilter[];
  /** Ids of the rules that only serve correlations, and do not alert by themselves. */
  readonly quiet: ReadonlySet<string>;
  readonly unsupported: readonly UnsupportedRule[];
  /** What cannot be used with the values that placeholders have for a tenant, and is in force for others. */
  readonly tenantFaults: ReadonlyMap<TenantId, readonly UnsupportedRule[]>;
}

/** Where detection rules come from. */
export abstract class RuleSource {
  /**
   * Reads all rules. One that cannot be used is reported and does not keep the others from loading.
   * @throws Error when the source itself cannot be read.
   */
  abstract load(): Promise<LoadedRules>;
}
