import { type Fields, isFields, isGiven } from '../fields.js';
import { SigmaError, readPart } from '../sigma-error.js';
import type { CorrelationType } from './correlation-rule.js';
import { readNames } from './read-names.js';
import { type Comparison, type Threshold, isThresholdOperator, meets } from './threshold.js';

/** What a condition says: the threshold, and what is held against it. */
export interface CorrelationCondition {
  readonly threshold: Threshold;
  readonly fields: readonly string[];
  readonly percentile?: number;
}

const MAX_COUNT = 100_000;
const MAX_DISTINCT = 10_000;
const MAX_FIELDS = 8;
/** Types that count, and the most that they are asked to count to. */
const COUNTS: ReadonlyMap<CorrelationType, number> = new Map([
  ['event_count', MAX_COUNT],
  ['value_count', MAX_DISTINCT],
]);

/** Reads the condition of a correlation over so many rules. @throws SigmaError with the place, in the section, of what is wrong */
export function readCorrelationCondition(type: CorrelationType, section: Fields, rules: number): CorrelationCondition {
  const condition = section['condition'];
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  if (!isGiven(condition)) {
    if (!temporal) throw new SigmaError('condition is missing', ['condition']);
    return { threshold: [{ operator: 'gte', than: rules }], fields: [] };
  }
  if (!isFields(condition)) throw new SigmaError('condition is not a mapping of gt, gte, lt, lte, eq or neq to a number', ['condition']);
  const threshold = readPart(['condition'], '', () => {
    const read = readThreshold(condition);
    if (temporal) checkReach(read, rules);
    else checkCount(read, COUNTS.get(type));
    return read;
  });
  const inside = isGiven(condition['field']) || !isGiven(section['field']);
  const fields = readPart(inside ? ['condition', 'field'] : ['field'], '', () => readFields(type, (inside ? condition : section)['field']));
  return { threshold, fields, ...readPercentile(type, condition['percentile']) };
}

function readFields(type: CorrelationType, value: unknown): readonly string[] {
  const fields = readNames('field', value, type === 'value_count' ? MAX_FIELDS : 1);
  const counted = type.startsWith('value_');
  if (counted && fields.length === 0) throw new SigmaError(`condition: field is missing, which ${type} needs`);
  if (!counted && fields.length > 0) throw new SigmaError(`condition: field does not go with ${type}`);
  return fields;
}

function readThreshold(condition: Fields): Threshold {
  const comparisons: Comparison[] = [];
  for (const [name, than] of Object.entries(condition)) {
    if (name === 'field' || name === 'percentile') continue;
    if (!isThresholdOperator(name))
      throw new SigmaError(`condition: "${name.slice(0, 64)}" is not one of gt, gte, lt, lte, eq, neq, field`, [name]);
    if (typeof than !== 'number' || !Number.isFinite(than)) throw new SigmaError(`condition: ${name} is not a number`, [name]);
    comparisons.push({ operator: name, than });
  }
  if (comparisons.length === 0) throw new SigmaError('condition compares with nothing');
  if (comparisons.length > 2) throw new SigmaError('condition compares more than twice');
  return comparisons;
}

function checkCount(threshold: Threshold, most: number | undefined): void {
  if (most === undefined) return;
  for (const { operator, than } of threshold) {
    if (!Number.isInteger(than) || than < 0) throw new SigmaError(`condition: ${operator} is not a whole number`, [operator]);
    if (than > most) throw new SigmaError(`condition: ${operator} counts beyond ${most}`, [operator]);
  }
}

/** A condition that no number of rules can meet would make a rule that is silent for ever. */
function checkReach(threshold: Threshold, rules: number): void {
  checkCount(threshold, MAX_COUNT);
  for (let count = 1; count <= rules; count++) if (meets(threshold, count)) return;
  throw new SigmaError(`condition: no number of the ${rules} rules can meet it`);
}

function readPercentile(type: CorrelationType, value: unknown): { readonly percentile?: number } {
  if (!isGiven(value)) return {};
  const place = ['condition', 'percentile'];
  if (type !== 'value_percentile') throw new SigmaError(`condition: percentile does not go with ${type}`, place);
  if (typeof value !== 'number' || !(value >= 0 && value <= 100))
    throw new SigmaError('condition: percentile is not a number from 0 to 100', place);
  return { percentile: value };
}
