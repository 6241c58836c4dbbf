import { SEVERITIES, type Severity } from '../../../contracts/severity.js';
import { parseCondition } from './condition.js';
import { type ReadingContext, readItem, readKeywords } from './detection-item.js';
import { type Expression, allOf, anyOf } from './expression.js';
import { readTags } from './attack-tags.js';
import { checkForm } from './rule-form.js';
import { SigmaError, readPart } from './sigma-error.js';
import type { Logsource, SigmaRule } from './sigma-rule.js';

type Fields = Readonly<Record<string, unknown>>;

const NOT_SEARCHES = new Set(['condition', 'timeframe']);
const MAX_SEARCHES = 500;
const MAX_DEPTH = 8;

/**
 * Reads a Sigma detection rule (specification 2.1) from the plain object that its YAML holds.
 * @throws SigmaError with the reason when the document is not a detection rule or cannot be used.
 */
export function parseRule(document: unknown, context: ReadingContext): SigmaRule {
  if (!isFields(document)) throw new SigmaError('the document is not a mapping');
  if ('correlation' in document) throw new SigmaError('correlation rules are not supported');
  if ('filter' in document) throw new SigmaError('filter rules are not supported');
  if (document['action'] !== undefined) throw new SigmaError('rule collections with "action" belong to Sigma 1 and are not supported');
  checkForm(document);
  const title = requiredText(document, 'title');
  const status = optionalText(document, 'status');
  const description = optionalText(document, 'description');
  const logsource = readLogsource(document['logsource']);
  return {
    id: optionalText(document, 'id') ?? title,
    title,
    author: optionalText(document, 'author') ?? 'unknown',
    level: readLevel(document['level']),
    license: optionalText(document, 'license') ?? 'unspecified',
    logsource,
    means: context.logsources.meaningOf(logsource),
    falsepositives: readTexts(document['falsepositives']),
    detection: readPart(['detection'], '', () => readDetection(document['detection'], context)),
    ...readTags(document['tags']),
    ...(status === undefined ? {} : { status }),
    ...(description === undefined ? {} : { description }),
  };
}

function readLevel(level: unknown): Severity {
  if (level === undefined || level === null) return 'informational';
  const known = SEVERITIES.find((severity) => severity === level);
  if (known === undefined) throw new SigmaError(`level is not one of ${SEVERITIES.join(', ')}`, ['level']);
  return known;
}

/** A list of texts, or one; whatever else is there does not keep a rule from being used. */
function readTexts(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === 'string');
}

function readLogsource(logsource: unknown): Logsource {
  if (!isFields(logsource)) throw new SigmaError('logsource is missing');
  const read: Record<string, string> = {};
  for (const name of ['product', 'category', 'service']) {
    const value = logsource[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' || value === '') throw new SigmaError(`logsource: ${name} is not text`, ['logsource', name]);
    read[name] = value.toLowerCase();
  }
  if (Object.keys(read).length === 0) throw new SigmaError('logsource names neither product, category nor service', ['logsource']);
  return read;
}

function readDetection(detection: unknown, context: ReadingContext): Expression {
  if (!isFields(detection)) throw new SigmaError('detection is missing');
  const names = Object.keys(detection).filter((name) => !NOT_SEARCHES.has(name));
  if (names.length === 0) throw new SigmaError('detection has no search');
  if (names.length > MAX_SEARCHES) throw new SigmaError(`detection has more than ${MAX_SEARCHES} searches`);
  const searches = new Map(names.map((name) => [name, readPart([name], name, () => readSearch(detection[name], context, 0))]));
  const condition = detection['condition'];
  const conditions: unknown[] = Array.isArray(condition) ? condition : [condition];
  if (conditions.length === 0) throw new SigmaError('condition is missing');
  return anyOf(
    conditions.map((text, index) =>
      readPart(Array.isArray(condition) ? ['condition', index] : ['condition'], '', () => {
        if (typeof text !== 'string') throw new SigmaError('condition is missing or not text');
        return parseCondition(text, searches);
      }),
    ),
  );
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

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function optionalText(document: Fields, name: string): string | undefined {
  const value = document[name];
  return typeof value === 'string' && value !== '' ? value.trim() : undefined;
}

function requiredText(document: Fields, name: string): string {
  const value = optionalText(document, name);
  if (value === undefined) throw new SigmaError(`${name} is missing`, [name]);
  return value;
}
