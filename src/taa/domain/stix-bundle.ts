import { closestTlp, type Tlp } from '../../contracts/tlp.js';
import { IndicatorError } from './indicator-error.js';
import {
  DEFAULT_CONFIDENCE,
  type IndicatorDocument,
  type IndicatorReport,
  type IndicatorValue,
  type UnsupportedIndicator,
} from './indicator.js';
import { isOlderVersion } from './is-older-version.js';
import { compilePattern } from './stix/compile-pattern.js';
import type { MatcherCompiler } from './stix/compile-test.js';
import type { StixPattern } from './stix/pattern-ast.js';
import { mandatoryLiterals } from './stix/mandatory-literals.js';
import { type PatternVersion, readPattern } from './stix/read-pattern.js';
import { simpleValues } from './stix/simple-values.js';
import { StixPatternError } from './stix/stix-pattern-error.js';
import { tlpOfDefinition, tlpOfLabel } from './tlp.js';

const MAX_ID = 128;
const MAX_NAME = 200;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the `indicator` objects of a STIX bundle (STIX 2.1 sections 4.7, 7.2.1 and 8); objects of other types are passed over. Of several versions of one
 * the last modified counts, and of those modified at once the last.
 * @param compile what regular expressions of patterns are compiled with.
 */
export function readStixObjects(objects: readonly unknown[], compile: MatcherCompiler): IndicatorDocument {
  const reading = readingStixObjects(objects, compile);
  let step = reading.next();
  while (step.done !== true) step = reading.next();
  return step.value;
}

/** The same with a step for each object, between which others may have their turns. */
export function* readingStixObjects(objects: readonly unknown[], compile: MatcherCompiler): Generator<void, IndicatorDocument> {
  const reports = new Map<string, IndicatorReport>();
  const unsupported: UnsupportedIndicator[] = [];
  const markings = markingsOf(objects);
  for (const [index, object] of objects.entries()) {
    yield;
    if (!isRecord(object)) {
      unsupported.push({ id: `objects/${index}`, reason: 'not an object' });
      continue;
    }
    if (object['type'] !== 'indicator') continue;
    try {
      const report = readIndicator(object, markings, compile);
      const other = reports.get(report.external_id);
      const isOlder = other !== undefined && isOlderVersion(report, other);
      if (isOlder) unsupported.push({ id: report.external_id, reason: 'a newer version of it is there too' });
      else reports.set(report.external_id, report);
    } catch (error) {
      if (!(error instanceof IndicatorError) && !(error instanceof StixPatternError)) throw error;
      unsupported.push({ id: textOf(object['id'], MAX_ID) ?? `objects/${index}`, reason: error.message });
    }
  }
  return { reports: [...reports.values()], unsupported };
}

function readIndicator(object: Json, markings: ReadonlyMap<string, Tlp>, compile: MatcherCompiler): IndicatorReport {
  const id = object['id'];
  if (typeof id !== 'string' || id.length > MAX_ID || !id.startsWith('indicator--'))
    throw new IndicatorError('id is not that of an indicator');
  const { pattern, pattern_type: language = 'stix' } = object;
  if (language !== 'stix') throw new IndicatorError('only patterns of type stix are supported');
  if (typeof pattern !== 'string') throw new IndicatorError('pattern is missing');
  const values = valuesOf(readPattern(pattern, versionOf(object)), compile);
  const tlp = tlpOf(object, markings);
  const modified = timeOf(object['modified'], 'modified');
  return {
    external_id: id,
    name: textOf(object['name'], MAX_NAME) ?? nameOf(values, pattern),
    values: values ?? [],
    valid_from: timeOf(object['valid_from'], 'valid_from'),
    valid_until: timeOf(object['valid_until'], 'valid_until'),
    confidence: confidenceOf(object['confidence']),
    revoked: object['revoked'] === true,
    ...(modified === null ? {} : { modified }),
    ...(values === undefined ? { pattern } : {}),
    ...(tlp === undefined ? {} : { tlp }),
  };
}

/** The values of a pattern; `undefined` where it is more than that, and can be used. @throws IndicatorError, StixPatternError */
function valuesOf(pattern: StixPattern, compile: MatcherCompiler): IndicatorValue[] | undefined {
  const values = simpleValues(pattern);
  if (values !== undefined) return values;
  compilePattern(pattern, compile);
  if (mandatoryLiterals(pattern).length > 0) return undefined;
  throw new IndicatorError('the pattern needs several observations, or holds no text that it cannot match without (compared by = or IN)');
}

function nameOf(values: readonly IndicatorValue[] | undefined, pattern: string): string {
  const name = values === undefined ? pattern : values.map(({ value }) => value).join(', ');
  return name.slice(0, MAX_NAME).toWellFormed();
}

/** Objects of STIX 2.0 have no version; their patterns give the times of START and STOP as texts. */
function versionOf({ spec_version: spec, pattern_version: own }: Json): PatternVersion {
  return own === '2.1' || (own === undefined && spec === '2.1') ? '2.1' : '2.0';
}

/** The markings that the bundle itself defines, by id. */
function markingsOf(objects: readonly unknown[]): ReadonlyMap<string, Tlp> {
  const markings = new Map<string, Tlp>();
  for (const object of objects) {
    if (!isRecord(object) || object['type'] !== 'marking-definition') continue;
    const definition = isRecord(object['definition']) ? object['definition']['tlp'] : undefined;
    const tlp = tlpOfLabel(typeof definition === 'string' ? `tlp:${definition}` : String(object['name']));
    if (tlp !== undefined) markings.set(String(object['id']), tlp);
  }
  return markings;
}

function tlpOf({ object_marking_refs: refs }: Json, markings: ReadonlyMap<string, Tlp>): Tlp | undefined {
  if (!Array.isArray(refs)) return undefined;
  return closestTlp(refs.map((ref) => tlpOfDefinition(String(ref)) ?? markings.get(String(ref))));
}

function timeOf(value: unknown, name: string): string | null {
  if (value === undefined) return null;
  const time = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && value.length <= 40 ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new IndicatorError(`${name} is not a time`);
  return new Date(time).toISOString();
}

function confidenceOf(value: unknown): number {
  if (value === undefined) return DEFAULT_CONFIDENCE;
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) throw new IndicatorError('confidence is not between 0 and 100');
  return Math.round(value) / 100;
}

function textOf(value: unknown, length: number): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, length).toWellFormed() : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
