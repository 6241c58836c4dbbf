import { type CorrelationRule } from './correlation/correlation-rule.js';
import { parseCorrelation } from './correlation/parse-correlation.js';
import type { ReadingContext } from './detection-item.js';
import { isFields } from './fields.js';
import type { FilterRule } from './filters/filter-rule.js';
import { parseFilter } from './filters/parse-filter.js';
import { parseRule } from './parse-rule.js';
import type { SigmaRule } from './sigma-rule.js';

/** A Sigma document of one of the three kinds that there are. */
export type SigmaDocument =
  | { readonly kind: 'detection'; readonly rule: SigmaRule }
  | { readonly kind: 'correlation'; readonly rule: CorrelationRule }
  | { readonly kind: 'filter'; readonly rule: FilterRule };

/** Reads a document from the plain object that its YAML holds. @throws SigmaError with the place of what is wrong */
export function readDocument(document: unknown, context: ReadingContext): SigmaDocument {
  if (isFields(document) && document['correlation'] !== undefined) return { kind: 'correlation', rule: parseCorrelation(document) };
  if (isFields(document) && document['filter'] !== undefined) return { kind: 'filter', rule: parseFilter(document, context) };
  return { kind: 'detection', rule: parseRule(document, context) };
}
