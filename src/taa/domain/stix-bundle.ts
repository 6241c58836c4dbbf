import { IndicatorError } from './indicator-error.js';
import { DEFAULT_CONFIDENCE, type IndicatorDocument, type IndicatorReport, type UnsupportedIndicator } from './indicator.js';
import { readSimplePattern } from './stix-pattern.js';

const MAX_ID = 128;
const MAX_NAME = 200;

/** Reads the `indicator` objects of a STIX 2.1 bundle (sections 4.7 and 8); objects of other types are passed over. */
export function readStixObjects(objects: readonly unknown[]): IndicatorDocument {
  const reports = new Map<string, IndicatorReport>();
  const unsupported: UnsupportedIndicator[] = [];
  for (const [index, object] of objects.entries()) {
    if (!isRecord(object)) {
      unsupported.push({ id: `objects/${index}`, reason: 'not an object' });
      continue;
    }
    if (object['type'] !== 'indicator') continue;
    try {
      const report = readIndicator(object);
      reports.set(report.external_id, report);
    } catch (error) {
      if (!(error instanceof IndicatorError)) throw error;
      unsupported.push({ id: textOf(object['id'], MAX_ID) ?? `objects/${index}`, reason: error.message });
    }
  }
  return { reports: [...reports.values()], unsupported };
}

function readIndicator(object: Record<string, unknown>): IndicatorReport {
  const id = object['id'];
  if (typeof id !== 'string' || id.length > MAX_ID || !id.startsWith('indicator--'))
    throw new IndicatorError('id is not that of an indicator');
  const { pattern, pattern_type: language = 'stix' } = object;
  if (language !== 'stix') throw new IndicatorError('only patterns of type stix are supported');
  if (typeof pattern !== 'string') throw new IndicatorError('pattern is missing');
  const values = readSimplePattern(pattern);
  return {
    external_id: id,
    name:
      textOf(object['name'], MAX_NAME) ??
      values
        .map(({ value }) => value)
        .join(', ')
        .slice(0, MAX_NAME),
    values,
    valid_from: timeOf(object['valid_from'], 'valid_from'),
    valid_until: timeOf(object['valid_until'], 'valid_until'),
    confidence: confidenceOf(object['confidence']),
    revoked: object['revoked'] === true,
  };
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
