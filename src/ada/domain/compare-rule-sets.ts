/** How one set of rules differs from another: ids in order. */
export interface RuleSetChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Written in another way than before. */
  readonly changed: readonly string[];
  readonly unchanged: number;
}

/** Compares two sets by what each rule was written as, by id. */
export function compareRuleSets(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): RuleSetChange {
  const ids = [...after.keys()].sort();
  const changed = ids.filter((id) => before.has(id) && before.get(id) !== after.get(id));
  const added = ids.filter((id) => !before.has(id));
  const removed = [...before.keys()].filter((id) => !after.has(id)).sort();
  return { added, removed, changed, unchanged: after.size - added.length - changed.length };
}
