import { fuzz, FUZZED } from '../support/parser-fuzz.js';

const RUNS = Math.ceil(10_000_000 / FUZZED.length);

describe('parsers of what comes from outside, at length', () => {
  it.each(FUZZED)(
    `HOS-09 $name: ${RUNS} texts, nothing thrown but the typed refusal`,
    (parser) => {
      expect(fuzz(parser, RUNS)).toBeLessThan(1_000);
    },
    3_600_000,
  );
});
