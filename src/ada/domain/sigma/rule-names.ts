import { SigmaError } from './sigma-error.js';

interface Named {
  readonly id: string;
  readonly name?: string;
}

/** What documents may refer to each other by: ids, and names where they stand for one rule only. */
export class RuleNames<R extends Named> {
  private readonly ids = new Map<string, R>();
  private readonly names = new Map<string, R[]>();

  constructor(rules: Iterable<R>) {
    for (const rule of rules) {
      this.ids.set(rule.id, rule);
      if (rule.name === undefined) continue;
      const same = this.names.get(rule.name);
      if (same === undefined) this.names.set(rule.name, [rule]);
      else same.push(rule);
    }
  }

  /** The rule that is meant. @throws SigmaError where there is none, or more than one. */
  find(reference: string): R {
    const byId = this.ids.get(reference);
    if (byId !== undefined) return byId;
    const [first, second] = this.names.get(reference) ?? [];
    if (first === undefined) throw new SigmaError(`rules: "${reference}" is neither the id nor the name of a rule that is loaded`);
    if (second !== undefined) throw new SigmaError(`rules: "${reference}" is the name of several rules (${first.id}, ${second.id})`);
    return first;
  }
}
