import { type RuleFilesOptions, RuleFiles } from '../../ada/adapters/rule-files.js';
import type { ReadRule } from '../../ada/adapters/rule-reader.js';
import type { LoadedRules } from '../../ada/domain/rule-source.js';

/** Rules as they are loaded, and as they were written. */
export interface RuleSet {
  readonly loaded: LoadedRules;
  /** Every rule that was read, in order, among them those that refer to nothing. */
  readonly read: readonly ReadRule[];
}

/** Reads rules from files, directories and archives. @throws Error when one of these cannot be read */
export async function readRuleSet(paths: readonly string[], options: Omit<RuleFilesOptions, 'onRead'> = {}): Promise<RuleSet> {
  const read: ReadRule[] = [];
  const loaded = await new RuleFiles(paths, { ...options, onRead: (rule) => read.push(rule) }).load();
  return { loaded, read };
}
