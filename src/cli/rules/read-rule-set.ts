import { readPlaceholderFile } from '../../ada/adapters/placeholder-file.js';
import { RuleFiles } from '../../ada/adapters/rule-files.js';
import type { ReadRule } from '../../ada/adapters/rule-reader.js';
import type { LoadedRules, UnsupportedRule } from '../../ada/domain/rule-source.js';
import { PlaceholderLists } from '../../ada/domain/sigma/placeholder-lists.js';
import { toTenantId } from '../../contracts/tenant.js';

/** Rules as they are loaded, and as they were written. */
export interface RuleSet {
  readonly loaded: LoadedRules;
  /** Every rule that was read, in order, among them those that refer to nothing. */
  readonly read: readonly ReadRule[];
}

/** Where what placeholders stand for is said, and whose values are meant; everybody's where no tenant is named. */
export interface RuleSetOptions {
  readonly placeholders?: string;
  readonly tenant?: string;
}

/** Reads rules from files, directories and archives. @throws Error when one of these, or the file of placeholders, cannot be read */
export async function readRuleSet(paths: readonly string[], options: RuleSetOptions = {}): Promise<RuleSet> {
  const { placeholders, faults } = await readLists(options);
  const read: ReadRule[] = [];
  const loaded = await new RuleFiles(paths, { placeholders, onRead: (rule) => read.push(rule) }).load();
  return { loaded: { ...loaded, unsupported: [...faults, ...loaded.unsupported] }, read };
}

async function readLists({
  placeholders: file,
  tenant,
}: RuleSetOptions): Promise<{ readonly placeholders: PlaceholderLists; readonly faults: readonly UnsupportedRule[] }> {
  if (file === undefined || file === '') return { placeholders: new PlaceholderLists(), faults: [] };
  const { lists, unsupported, tenantFaults } = await readPlaceholderFile(file);
  const placeholders = tenant === undefined ? new PlaceholderLists(lists.common) : new PlaceholderLists(lists.of(toTenantId(tenant)));
  return { placeholders, faults: [...unsupported, ...[...tenantFaults.values()].flat()] };
}
