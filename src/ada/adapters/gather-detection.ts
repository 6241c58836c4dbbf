import { gatherPlaceholders, type PlaceholderText } from './placeholder-file.js';
import { readPath } from './rule-files.js';
import { RuleTextCollector, type RuleTexts } from './rule-texts.js';
import { gatherTenantFilters, type TenantFilterTexts } from './tenant-filter-files.js';

/** Where rules and filters are. */
export interface DetectionFiles {
  /** Rule files, directories and archives. */
  readonly rules: readonly string[];
  /** Directory with the filters of single tenants, one directory each; null where tenants have none. */
  readonly filters: string | null;
  /** File with what placeholders stand for. */
  readonly placeholders?: string | null;
}

/** What was found there. */
export interface DetectionTexts {
  /** Rules, and the filters of all tenants. */
  readonly rules: RuleTexts;
  /** The filters of single tenants. */
  readonly filters: TenantFilterTexts;
  /** What placeholders stand for; null where no file says it. */
  readonly placeholders: PlaceholderText | null;
}

/** Some file of rules or filters cannot be read, or all of them are too much; says which and why. */
export class UnreadableRules extends Error {
  override readonly name = 'UnreadableRules';
}

/** Gathers the files of rules and filters as they are now. @throws UnreadableRules */
export async function gatherDetection({ rules, filters, placeholders: file = null }: DetectionFiles): Promise<DetectionTexts> {
  const collector = new RuleTextCollector();
  for (const path of rules) await readPath(path, collector).catch((error: unknown) => refuse(path, error));
  const own = filters === null ? new Map() : await gatherTenantFilters(filters).catch((error: unknown) => refuse(filters, error));
  const placeholders = file === null ? null : await gatherPlaceholders(file).catch((error: unknown) => refuse(file, error));
  return { rules: collector.texts(), filters: own, placeholders };
}

function refuse(path: string, cause: unknown): never {
  throw new UnreadableRules(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
