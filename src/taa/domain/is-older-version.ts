import type { IndicatorReport } from './indicator.js';

/** Whether one version of an indicator is older than another (STIX 2.1 section 3.6); false where either does not say of when it is. */
export function isOlderVersion(one: Pick<IndicatorReport, 'modified'>, other: Pick<IndicatorReport, 'modified'>): boolean {
  return one.modified !== undefined && other.modified !== undefined && Date.parse(one.modified) < Date.parse(other.modified);
}
