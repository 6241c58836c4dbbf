import fc from 'fast-check';
import { parseIpBlock } from '../../../events/ip-block.js';
import { ipv4Number } from './ipv4-number.js';
import { NumberColumn } from './number-column.js';
import { urlKeys } from './url-key.js';
import { mayHoldUrl, urlHash } from './url-screen.js';
import { digestHash, keyOf, textHash, ValueScreen } from './value-screen.js';

const KIND = 3;

function screenOf(hashes: readonly number[]): ValueScreen {
  const column = NumberColumn.of32();
  for (const hash of hashes) if (hash !== -1) column.push(keyOf(KIND, hash));
  return new ValueScreen(ValueScreen.wordsOf(column));
}

describe('ValueScreen', () => {
  const label = fc.string({ unit: fc.constantFrom('a', 'B', 'é', '-', '7', '\u212a'), minLength: 1, maxLength: 4 });

  it('holds what was put in, in any case, as a text, a digest, a last part of a path, or a domain above', () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 2, maxLength: 4 }), label, (labels, below) => {
        const domain = labels.join('.').toLowerCase();
        const screen = screenOf([textHash(domain)]);
        expect(screen.mayHoldText(KIND, labels.join('.'))).toBe(true);
        expect(screen.mayHoldName(KIND, `C:\\x/y\\${labels.join('.')}`)).toBe(true);
        expect(screen.mayHoldDomain(KIND, labels.join('.'))).toBe(true);
        expect(screen.mayHoldDomain(KIND, `${below}.${labels.join('.')}`)).toBe(true);
        expect(screenOf([digestHash(domain.repeat(9))]).mayHoldDigest(KIND, labels.join('.').repeat(9))).toBe(true);
      }),
    );
  });

  it('holds a URL whenever its keys are those that were put in', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'B', '.', '/', '?', '#', '%2e', '%41', '=', ':', '@', ' ', '"', 'ü', '1'),
      maxLength: 8,
    });
    const scheme = fc.constantFrom('http://', 'HTTPS://', 'https://', 'ftp://', '', 'httpx://', 'http:/');
    fc.assert(
      fc.property(scheme, fc.constantFrom('bad.example', 'BAD.example', 'a.b', '1.2.3.4', 'a', ''), part, (first, host, rest) => {
        const text = first + host + rest;
        for (const key of urlKeys(text) ?? []) expect(mayHoldUrl(screenOf([urlHash(key)]), KIND, text)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('lets through few of the values that it does not hold', () => {
    const screen = screenOf(Array.from({ length: 20_000 }, (_, n) => textHash(`known-${n}.example`)));
    const passed = Array.from({ length: 20_000 }, (_, n) => screen.mayHoldText(KIND, `other-${n}.example`)).filter(Boolean);
    expect(passed.length).toBeLessThan(1_000);
    expect(screen.mayHoldText(KIND + 1, 'known-1.example')).toBe(false);
  });
});

describe('ipv4Number', () => {
  it('reads what parseIpBlock reads, and nothing else', () => {
    const odd = fc.constantFrom('', '1.2.3', '1.2.3.4.', '01.2.3.4', '1.2.3.256', '1..2.3', '1.2.3.4/24', '::1', '1.2.3.x', '.1.2.3.4');
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), odd), (text) => {
        const block = text.includes('/') ? undefined : parseIpBlock(text);
        expect(ipv4Number(text)).toBe(block?.version === 4 ? Number(block.first) : -1);
      }),
    );
  });
});
