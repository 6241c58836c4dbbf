import { parseCondition } from './condition.js';
import { type ReadingContext, readItem, readKeywords } from './detection-item.js';
import { type Expression, allOf, anyOf } from './expression.js';
import { type Fields, isFields } from './fields.js';
import { readLogsource } from './read-logsource.js';
import { readHeader } from './rule-header.js';
import { readByTenant, type TenantFault } from './read-by-tenant.js';
import { SigmaError, readPart } from './sigma-error.js';
import type { SigmaRule } from './sigma-rule.js';
import { NEVER, type TenantDetection } from './tenant-detection.js';

const NOT_SEARCHES: ReadonlySet<string> = new Set(['condition', 'timeframe']);
const MAX_SEARCHES = 500;
const MAX_DEPTH = 8;

/** The searches of a section by name. Wherever the condition stands for one, its expression is the same object. */
export type Searches = ReadonlyMap<string, Expression>;

/**
 * Reads a Sigma detection rule (specification 2.1) from the plain object that its YAML holds.
 * @throws SigmaError with the reason when the document is not a detection rule or cannot be used.
 */
export function parseRule(document: unknown, context: ReadingContext): SigmaRule {
  return parseNamedRule(document, context).rule;
}

/** A rule, the searches that its detection is made of, and whose values it cannot be used with. */
export interface NamedRule {
  readonly rule: SigmaRule;
  /** Those of the detection for everybody. */
  readonly searches: Searches;
  readonly tenantFaults: readonly TenantFault[];
}

/** The same, with the searches that the rule's detection is made of. */
export function parseNamedRule(document: unknown, context: ReadingContext): NamedRule {
  if (!isFields(document)) throw new SigmaError('the document is not a mapping');
  if (document['action'] !== undefined)
    throw new SigmaError('rule collections with "action" belong to Sigma 1 and are not supported', ['action']);
  const header = readHeader(document);
  const logsource = readLogsource(document['logsource']);
  const { detection } = document;
  if (!isFields(detection)) throw new SigmaError('detection is missing', ['detection']);
  const { searches, faults, ...found } = readTenantSearches('detection', detection, NOT_SEARCHES, context);
  return { rule: { ...header, logsource, means: context.logsources.meaningOf(logsource), ...found }, searches, tenantFaults: faults };
}

/** Reads the searches of a section and what its condition makes of them, for everybody and for tenants with other values. @throws SigmaError as `readSearches` */
export function readTenantSearches(
  section: string,
  fields: Fields,
  reserved: ReadonlySet<string>,
  context: ReadingContext,
): TenantDetection & { readonly searches: Searches; readonly faults: readonly TenantFault[] } {
  const read = (given: ReadingContext) => readPart([section], '', () => readSearches(section, fields, reserved, given));
  const { common, own, faults } = readByTenant(context, read);
  const searches = common?.searches ?? new Map();
  const detection = common?.expression ?? NEVER;
  if (own.size === 0) return { detection, searches, faults };
  return { detection, own: new Map([...own].map(([tenant, found]) => [tenant, found?.expression ?? NEVER])), searches, faults };
}

/**
 * Reads the searches of a section and what its condition makes of them.
 * @param reserved members of the section that are no searches, `condition` among them.
 * @throws SigmaError with the place, in the section, of what is wrong
 */
function readSearches(
  section: string,
  fields: Fields,
  reserved: ReadonlySet<string>,
  context: ReadingContext,
): { readonly expression: Expression; readonly searches: Searches } {
  const names = Object.keys(fields).filter((name) => !reserved.has(name));
  if (names.length === 0) throw new SigmaError(`${section} has no search`);
  if (names.length > MAX_SEARCHES) throw new SigmaError(`${section} has more than ${MAX_SEARCHES} searches`);
  const searches = new Map(names.map((name) => [name, readPart([name], name, () => readSearch(fields[name], context, 0))]));
  const condition = fields['condition'];
  const conditions: unknown[] = Array.isArray(condition) ? condition : [condition];
  if (conditions.length === 0) throw new SigmaError('condition is missing');
  const expression = anyOf(
    conditions.map((text, index) =>
      readPart(Array.isArray(condition) ? ['condition', index] : ['condition'], '', () => {
        if (typeof text !== 'string') throw new SigmaError('condition is missing or not text');
        return parseCondition(text, searches);
      }),
    ),
  );
  context.budget?.ask(expression);
  return { expression, searches };
}

/** A mapping is the AND of its lines; a list is the OR of its mappings and keywords. */
function readSearch(search: unknown, context: ReadingContext, depth: number): Expression {
  if (depth > MAX_DEPTH) throw new SigmaError(`nested deeper than ${MAX_DEPTH} levels`);
  if (isFields(search)) {
    const lines = Object.entries(search);
    if (lines.length === 0) throw new SigmaError('the search is empty');
    return allOf(lines.map(([key, value]) => readItem(key, value, context)));
  }
  if (!Array.isArray(search)) return readKeywords(search, context);
  const entries = search as unknown[];
  if (entries.length === 0) throw new SigmaError('the search is empty');
  const keywords = entries.filter((entry) => !isFields(entry) && !Array.isArray(entry));
  const nested = entries.flatMap((entry, index) =>
    isFields(entry) || Array.isArray(entry) ? readPart([index], '', () => readSearch(entry, context, depth + 1)) : [],
  );
  return anyOf(keywords.length === 0 ? nested : [readKeywords(keywords, context), ...nested]);
}
