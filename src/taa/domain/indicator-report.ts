import { TLP_MARKINGS } from '../../contracts/tlp.js';
import { INDICATOR_TYPES, type Indicator, type IndicatorReport } from './indicator.js';

const MOST_TEXT = 4_096;
const MOST_VALUES = 10_000;
const MOST_PATTERN = 64 * 1024;

/** An indicator as it was answered once, read back: what its source said, and which source. @throws TypeError for anything else. */
export function indicatorReport(value: unknown): IndicatorReport & Pick<Indicator, 'source'> {
  const { source, external_id, name, values, valid_from, valid_until, confidence, revoked, modified, pattern, tlp } = (value ??
    {}) as Partial<Indicator>;
  const texts = [source, external_id, name].every((text) => isText(text));
  const times = [valid_from, valid_until, modified ?? null].every(
    (time) => time === null || (isText(time) && Number.isFinite(Date.parse(String(time)))),
  );
  const isSure = typeof confidence === 'number' && confidence >= 0 && confidence <= 1 && typeof revoked === 'boolean';
  const hasPattern = isText(pattern, MOST_PATTERN);
  const hasValues = areValues(values, hasPattern);
  if (!texts || !times || !isSure || !hasValues || !isMarking(tlp)) throw new TypeError('an indicator is not one of an export');
  const report = { external_id, name, values: values.map(({ type, value: of }) => ({ type, value: of })), valid_from, valid_until };
  const optional = { modified, pattern: hasPattern ? pattern : undefined, tlp };
  const more = Object.fromEntries(Object.entries(optional).filter(([, said]) => said !== undefined));
  return { source, ...report, confidence, revoked, ...more } as IndicatorReport & Pick<Indicator, 'source'>;
}

/** There are values, or a pattern in their place. */
function areValues(values: unknown, hasPattern: boolean): values is IndicatorReport['values'] {
  return Array.isArray(values) && values.length > 0 !== hasPattern && values.length <= MOST_VALUES && values.every(isValue);
}

function isMarking(tlp: Indicator['tlp']): boolean {
  return tlp === undefined || TLP_MARKINGS.includes(tlp);
}

function isValue(value: Partial<IndicatorReport['values'][number]> | null): boolean {
  return INDICATOR_TYPES.some((type) => type === value?.type) && isText(value?.value);
}

function isText(value: unknown, most = MOST_TEXT): boolean {
  return typeof value === 'string' && value.length <= most;
}
