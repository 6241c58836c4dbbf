import type { RuleReference } from '../../../../contracts/detection.js';
import { SEVERITIES } from '../../../../contracts/severity.js';
import type { RefusedRule } from '../refused-rule.js';
import { RuleNames } from '../rule-names.js';
import { SigmaError, readPart } from '../sigma-error.js';
import type { SigmaRule } from '../sigma-rule.js';
import type { Alias, CorrelationRule } from './correlation-rule.js';

/** One of the rules that are correlated, and what its events are grouped by and counted by. */
export interface CorrelationInput {
  readonly ruleId: string;
  readonly groupBy: readonly string[];
  readonly fields: readonly string[];
}

/** A correlation in force: what it refers to is there. */
export interface LinkedCorrelation {
  readonly rule: CorrelationRule;
  /** What its findings carry: with the level, the authors and the licences of what it refers to where it says none, or others. */
  readonly reference: RuleReference;
  /** In the order of the rule. */
  readonly inputs: readonly CorrelationInput[];
}

/** What became of correlations: each is in force or refused. */
export interface CorrelationLinks {
  /** Those that others refer to come first. */
  readonly correlations: readonly LinkedCorrelation[];
  readonly refused: readonly RefusedRule<CorrelationRule>[];
  /** Ids of the rules that only serve correlations, and do not alert by themselves. */
  readonly quiet: ReadonlySet<string>;
}

type Linkable = SigmaRule | CorrelationRule;

const MAX_CORRELATIONS = 1_000;
const MAX_CHAIN = 32;
const MAX_TEXT = 300;
const UNSAID: ReadonlySet<string> = new Set(['unknown', 'unspecified']);

/**
 * Looks up what correlations refer to. One that refers to what is not there, to a correlation that is refused, or in a circle, is refused.
 * A rule that correlations refer to is quiet unless one of them says `generate: true`.
 */
export function linkCorrelations(rules: readonly SigmaRule[], correlations: readonly CorrelationRule[]): CorrelationLinks {
  const linker = new Linker(rules, correlations);
  for (const rule of correlations) linker.link(rule);
  const linked = [...linker.linked.values()];
  return { correlations: linked, refused: linker.refused, quiet: quietOf(linked) };
}

class Linker {
  readonly linked = new Map<string, LinkedCorrelation>();
  readonly refused: RefusedRule<CorrelationRule>[] = [];
  private readonly names: RuleNames<Linkable>;
  private readonly reasons = new Map<string, string>();
  private readonly path: CorrelationRule[] = [];

  constructor(rules: readonly SigmaRule[], correlations: readonly CorrelationRule[]) {
    this.names = new RuleNames<Linkable>([...rules, ...correlations]);
  }

  /** Links a rule after those that it refers to. */
  link(rule: CorrelationRule): void {
    if (this.linked.has(rule.id) || this.reasons.has(rule.id)) return;
    this.path.push(rule);
    try {
      const inner = rule.rules.map((reference, at) => readPart(['correlation', 'rules', at], '', () => this.follow(reference)));
      if (this.linked.size >= MAX_CORRELATIONS) throw new SigmaError(`there are more than ${MAX_CORRELATIONS} correlations`);
      this.linked.set(rule.id, { rule, reference: this.referenceTo(rule, inner), inputs: this.inputsOf(rule, inner) });
    } catch (error) {
      if (!(error instanceof SigmaError)) throw error;
      this.reasons.set(rule.id, error.message);
      this.refused.push({ rule, reason: error.message, path: error.path });
    } finally {
      this.path.pop();
    }
  }

  private follow(reference: string): Linkable {
    const found = this.names.find(reference);
    if (!isCorrelation(found)) return found;
    const from = this.path.indexOf(found);
    if (from >= 0) {
      const circle = [...this.path.slice(from), found].map(({ title }) => `"${title}"`).join(' → ');
      throw new SigmaError(`rules: correlations refer to each other in a circle: ${circle.slice(0, MAX_TEXT)}`);
    }
    if (this.path.length >= MAX_CHAIN) throw new SigmaError(`rules: more than ${MAX_CHAIN} correlations refer to one another`);
    this.link(found);
    if (this.reasons.has(found.id)) throw new SigmaError(`rules: "${reference}" is a correlation that cannot be used itself`);
    return found;
  }

  private inputsOf(rule: CorrelationRule, inner: readonly Linkable[]): readonly CorrelationInput[] {
    const twice = inner.findIndex(({ id }, at) => inner.findIndex((other) => other.id === id) !== at);
    if (twice >= 0) throw new SigmaError(`rules names "${inner[twice]?.title}" twice`, ['correlation', 'rules', twice]);
    const byAlias = new Map([...rule.aliases].map(([alias, fields]) => [alias, this.byRule(alias, fields, inner)]));
    return inner.map(({ id }) => {
      const resolve = (name: string): string => byAlias.get(name)?.get(id) ?? name;
      return { ruleId: id, groupBy: rule.groupBy.map(resolve), fields: rule.fields.map(resolve) };
    });
  }

  private byRule(alias: string, fields: Alias, inner: readonly Linkable[]): ReadonlyMap<string, string> {
    const byRule = [...fields].map(([reference, field]) =>
      readPart(['correlation', 'aliases', alias, reference], '', () => {
        const { id } = this.names.find(reference);
        if (inner.some((one) => one.id === id)) return [id, field] as const;
        throw new SigmaError(`aliases: ${alias} names "${id}", which is not among the rules`);
      }),
    );
    return new Map(byRule);
  }

  /** Who wrote the rules that a match shows must be told with the match, whoever wrote the correlation (DRL 1.1). */
  private referenceTo(rule: CorrelationRule, inner: readonly Linkable[]): RuleReference {
    const references = inner.map((one) => this.linked.get(one.id)?.reference ?? one);
    const levels = references.map(({ level }) => SEVERITIES.indexOf(level));
    return {
      id: rule.id,
      title: rule.title,
      author: together([rule.author, ...references.map(({ author }) => author)]),
      level: rule.hasLevel ? rule.level : (SEVERITIES[Math.max(...levels)] ?? rule.level),
      license: together([rule.license, ...references.map(({ license }) => license)]),
    };
  }
}

function isCorrelation(rule: Linkable): rule is CorrelationRule {
  return 'threshold' in rule;
}

/** The different ones of several texts, without those that say nothing where others do. */
function together(texts: readonly string[]): string {
  const said = texts.filter((text) => !UNSAID.has(text));
  return [...new Set(said.length === 0 ? texts.slice(0, 1) : said)].join('; ').slice(0, MAX_TEXT);
}

function quietOf(correlations: readonly LinkedCorrelation[]): ReadonlySet<string> {
  const quiet = new Set<string>();
  const loud = new Set<string>();
  for (const { rule, inputs } of correlations) for (const { ruleId } of inputs) (rule.generate ? loud : quiet).add(ruleId);
  return new Set([...quiet].filter((id) => !loud.has(id)));
}
