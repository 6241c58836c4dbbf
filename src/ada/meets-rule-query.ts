import type { RuleSummary } from '../contracts/rule-catalog.js';
import type { RuleQuery } from './rules.dto.js';

/** Tells whether a rule is among those that a list is asked for. */
export function meetsRuleQuery(rule: RuleSummary, { type, level, product, technique, q }: RuleQuery): boolean {
  if (type !== undefined && !type.some((one) => one === rule.type)) return false;
  if (level !== undefined && !level.includes(rule.level)) return false;
  if (product !== undefined && !product.some((name) => name.toLowerCase() === rule.logsource.product)) return false;
  if (technique !== undefined && !technique.some((id) => rule.techniques.some((own) => covers(id.toUpperCase(), own)))) return false;
  if (q === undefined) return true;
  const text = q.toLowerCase();
  return [rule.id, rule.title, rule.description].some((part) => part.toLowerCase().includes(text));
}

function covers(technique: string, own: string): boolean {
  return own === technique || own.startsWith(`${technique}.`);
}
