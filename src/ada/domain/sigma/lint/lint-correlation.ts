import type { LinkedCorrelation } from '../correlation/link-correlations.js';
import { type Fields, isFields, isGiven } from '../fields.js';
import type { DocumentPath } from '../sigma-error.js';
import type { SigmaRule } from '../sigma-rule.js';
import type { FieldTaxonomy } from './field-taxonomy.js';
import type { LintRemark } from './lint-remark.js';
import { LogsourceFields } from './logsource-fields.js';

const MOST_REMARKS = 100;
const MAX_TITLE = 80;

/** A detection rule that a correlation may refer to, and its document. */
export interface CorrelatedRule {
  readonly rule: SigmaRule;
  readonly written: Fields;
}

/**
 * Remarks about fields that a correlation groups or counts by, and that no event of a rule it refers to is known to have, at most 100. Correlations that
 * it refers to are left alone.
 * @param written the correlation as it is written
 * @param rules detection rules by id
 */
export function lintCorrelation(
  { rule, inputs }: LinkedCorrelation,
  written: Fields,
  rules: ReadonlyMap<string, CorrelatedRule>,
  taxonomy: FieldTaxonomy,
): LintRemark[] {
  const section = isFields(written['correlation']) ? written['correlation'] : {};
  const said = [
    ...rule.groupBy.map((name, at) => ({ name, of: 'groupBy' as const, at, place: placeIn(section, 'group-by', at) })),
    ...rule.fields.map((name, at) => ({ name, of: 'fields' as const, at, place: placeOfCounted(section, at) })),
  ];
  const remarks = inputs.flatMap((input) => {
    const looked = rules.get(input.ruleId);
    const names = looked && LogsourceFields.of(looked.written, looked.rule.logsource, taxonomy);
    return said.flatMap(({ name, of, at, place }): LintRemark[] => {
      const reason = names?.against(input[of][at] ?? name);
      if (looked === undefined || reason === undefined) return [];
      const path = rule.aliases.has(name) ? ['correlation', 'aliases', name] : place;
      return [{ path, reason: `correlation: what "${looked.rule.title.slice(0, MAX_TITLE)}" matches is never counted: ${reason}` }];
    });
  });
  return remarks.slice(0, MOST_REMARKS);
}

function placeOfCounted(section: Fields, at: number): DocumentPath {
  const { condition } = section;
  if (!isFields(condition) || !isGiven(condition['field'])) return placeIn(section, 'field', at);
  const [, ...rest] = placeIn(condition, 'field', at);
  return ['correlation', 'condition', ...rest];
}

/** A name may stand by itself, or in a list. */
function placeIn(part: Fields, member: string, at: number): DocumentPath {
  return ['correlation', member, ...(Array.isArray(part[member]) ? [at] : [])];
}
