import fc from 'fast-check';
import { isTime } from './is-time.js';

describe('times in requests', () => {
  it.each(['2026-01-15', '2026-01-15T09:30Z', '2026-01-15T09:30:00Z', '2026-01-15T09:30:00.123456789+02:00', '2024-02-29T00:00:00z'])(
    'takes %s',
    (text) => expect(isTime(text)).toBe(true),
  );

  it.each([
    '2024-W01',
    '2024-W01-1',
    '2024-001',
    '20260115T000000Z',
    '2026-02-30',
    '2026-01-15T24:00:00Z',
    '2026-01-15T09:30:00',
    '99999-01-01',
    '',
  ])('refuses %s', (text) => expect(isTime(text)).toBe(false));

  it('takes nothing that cannot be made a time of', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-[\dW]{2,3}-?\d{0,2}T?[\d:.]{0,12}[Z+-]?[\d:]{0,6}$/), fc.anything()),
        (value) => {
          if (isTime(value)) expect(() => new Date(value).toISOString()).not.toThrow();
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
