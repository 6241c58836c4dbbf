import type { UnsupportedRule } from '../../ada/domain/rule-source.js';
import type { SigmaRule } from '../../ada/domain/sigma/sigma-rule.js';

/** What a rule found. */
export interface RuleHits {
  readonly rule: SigmaRule;
  hits: number;
  /** `file:line` of the first. */
  readonly first: string;
}

/** What a scan has seen so far. */
export class ScanSummary {
  files = 0;
  lines = 0;
  events = 0;
  /** Lines that are no events, blank ones left out. */
  notEvents = 0;
  eventsWithMatches = 0;
  matches = 0;
  readonly byRule = new Map<string, RuleHits>();

  constructor(
    readonly rules: number,
    readonly unsupported: readonly UnsupportedRule[],
  ) {}

  add(rules: readonly SigmaRule[], file: string, line: number): void {
    this.eventsWithMatches++;
    this.matches += rules.length;
    for (const rule of rules) {
      const known = this.byRule.get(rule.id);
      if (known === undefined) this.byRule.set(rule.id, { rule, hits: 1, first: `${file}:${line}` });
      else known.hits++;
    }
  }

  /** How many documents were not usable, by what is wrong with them, the most frequent first. */
  reasons(): [string, number][] {
    const counts = new Map<string, number>();
    for (const { reason } of this.unsupported) {
      const kind = (reason.split(': ').at(-1) ?? reason).replaceAll(/%[^%]*%/g, '%…%').replaceAll(/"[^"]*"/g, '"…"');
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return [...counts].sort(([, a], [, b]) => b - a);
  }
}
