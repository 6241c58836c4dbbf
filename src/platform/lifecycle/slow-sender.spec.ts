import { SendingPace } from './slow-sender.js';

describe('the pace at which a body is sent', () => {
  it('HOS-01 is too slow where ten seconds have gone by and a second for each 500 bytes', () => {
    const pace = new SendingPace(1_000, 0);
    const slow = Array.from({ length: 14 }, (_, n) => pace.isTooSlow(1_000 + 100 * (n + 1), true, (n + 1) * 1_000));
    expect(slow.indexOf(true)).toBe(12);
  });

  it('HOS-01 is not too slow where 500 bytes come in a second, for however long', () => {
    const pace = new SendingPace(0, 0);
    for (let n = 1; n < 100; n++) expect(pace.isTooSlow(n * 500, true, n * 1_000)).toBe(false);
  });

  it('HOS-01 is not too slow where nobody waits for it', () => {
    const pace = new SendingPace(0, 0);
    expect(pace.isTooSlow(0, false, 60_000)).toBe(false);
    expect(pace.isTooSlow(0, true, 70_000)).toBe(false);
    expect(pace.isTooSlow(0, true, 70_001)).toBe(true);
  });
});
