import { RefusedBytes } from './refused-bytes.js';

describe('RefusedBytes', () => {
  const limits = { bytesPerSecond: 100, most: 50, largeFrom: 10 };

  it('TEN-11 is spent beyond its bound and drains with time, for each tenant by itself', () => {
    const refused = new RefusedBytes(limits);
    refused.add('a', 49, 1_000);
    expect(refused.isSpent('a', 1_000)).toBe(false);
    refused.add('a', 101, 1_000);
    expect(refused.isSpent('a', 1_000)).toBe(true);
    expect(refused.isSpent('b', 1_000)).toBe(false);
    expect(refused.isSpent('a', 2_000)).toBe(true);
    expect(refused.isSpent('a', 2_001)).toBe(false);
    refused.add('a', 49, 9_000);
    expect(refused.isSpent('a', 9_000)).toBe(false);
  });

  it.each([
    [9, false, false],
    [10, false, true],
    [1, true, true],
    [undefined, false, true],
  ])('calls a body of %p bytes, encoded %p, large: %p', (declared, encoded, large) =>
    expect(new RefusedBytes(limits).isLarge(declared, encoded)).toBe(large),
  );
});
