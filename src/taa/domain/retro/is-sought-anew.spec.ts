import type { IndicatorReport } from '../indicator.js';
import { isSoughtAnew } from './is-sought-anew.js';

const NOW = Date.parse('2026-03-10T00:00:00.000Z');
const KNOWN: IndicatorReport = {
  external_id: 'x',
  name: 'x',
  values: [{ type: 'domain', value: 'bad.example' }],
  valid_from: null,
  valid_until: null,
  confidence: 0.5,
  revoked: false,
};
const isAnew = (after: Partial<IndicatorReport>, before: Partial<IndicatorReport> = {}): boolean =>
  isSoughtAnew({ ...KNOWN, ...before }, { ...KNOWN, ...after }, NOW);

describe('isSoughtAnew', () => {
  it.each([
    ['another value', { values: [...KNOWN.values, { type: 'ip', value: '192.0.2.1' }] }, {}],
    ['the same text as another type', { values: [{ type: 'file_name', value: 'bad.example' }] }, {}],
    ['another pattern', { values: [], pattern: "[a:b = 'd']" }, { values: [], pattern: "[a:b = 'c']" }],
    ['more confidence', { confidence: 0.6 }, {}],
    ['being revoked no more', {}, { revoked: true }],
    ['being valid again', { valid_until: '2026-04-01T00:00:00.000Z' }, { valid_until: '2026-03-10T00:00:00.000Z' }],
    ['being valid by now', { valid_from: '2026-03-10T00:00:00.000Z' }, { valid_from: '2026-03-10T00:00:00.001Z' }],
  ] as const)('says so of %s', (_, after, before) => {
    expect(isAnew(after, before)).toBe(true);
  });

  it.each([
    ['another name', { name: 'y' }, {}],
    ['a value less', { values: [] }, {}],
    ['less confidence', { confidence: 0.4 }, {}],
    ['a longer life of what lives', { valid_until: '2026-05-01T00:00:00.000Z' }, { valid_until: '2026-04-01T00:00:00.000Z' }],
    ['being revoked, whatever else changes', { revoked: true, confidence: 1, values: [{ type: 'ip', value: '192.0.2.1' }] }, {}],
  ] as const)('does not of %s', (_, after, before) => {
    expect(isAnew(after, before)).toBe(false);
  });
});
