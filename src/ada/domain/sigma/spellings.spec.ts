import fc from 'fast-check';
import { holds } from '../../../../test/support/sigma/one-rule.js';
import { spellingsOf } from './spellings.js';

const GUID = '0cce9215-69ae-11d9-bed3-505054503030';
const number = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });

/** As Windows writes a number, and as libevtx does with 32 and 64 bits. */
function writtenAs(value: bigint): string[] {
  const digits = value.toString(16);
  return [digits, digits.padStart(8, '0'), digits.padStart(16, '0')].map((each) => `0x${each}`);
}

describe('spellingsOf', () => {
  it('has every way of writing a number, whichever of them the rule has, and no other number', () => {
    fc.assert(
      fc.property(number, number, (value, other) => {
        for (const asked of writtenAs(value)) {
          expect(new Set(spellingsOf(asked))).toEqual(new Set(writtenAs(value)));
          expect(
            spellingsOf(asked)
              .map(BigInt)
              .every((each) => each === value),
          ).toBe(true);
          expect(other === value || !spellingsOf(asked).some((each) => writtenAs(other).includes(each))).toBe(true);
        }
      }),
    );
  });

  it('leaves other values alone', () => {
    for (const value of ['', '0x', '0xyz', '0x12345678901234567', '1010', 'x0x1', '0x1 ', `{${GUID}`, `${GUID}}`, `${GUID}0`]) {
      expect(spellingsOf(value)).toEqual([value]);
    }
  });

  it.each([
    ['GrantedAccess', '0x1010', '0x00001010', true],
    ['GrantedAccess', '0x00001010', '0x1010', true],
    ['GrantedAccess', '0x1FFFFF', '0x001fffff', true],
    ['GrantedAccess', '0x1010', '0x00101000', false],
    ['SubjectLogonId', '0x3e7', '0x00000000000003e7', true],
    ['SubjectLogonId', '0x00000000000003e7', '0x3E7', true],
    ['Status', '0x0', '0x00000000', true],
    ['SubcategoryGuid', `{${GUID.toUpperCase()}}`, GUID, true],
    ['SubcategoryGuid', GUID, `{${GUID.toUpperCase()}}`, true],
    ['SubcategoryGuid|cased', GUID, `{${GUID}}`, false],
    ['GrantedAccess|contains', '0x1010', '0x00001010', false],
    ['GrantedAccess|neq', '0x1010', '0x00001010', false],
  ])('a rule that asks %s: %s of %s', (key, asked, value, expected) => {
    expect(holds(key, asked, { [key.split('|')[0] ?? '']: value })).toBe(expected);
  });
});
