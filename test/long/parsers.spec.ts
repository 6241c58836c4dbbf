import { FUZZED } from '../support/fuzzed-parsers.js';
import { fuzz } from '../support/parser-fuzz.js';

const RUNS = Math.ceil(10_000_000 / FUZZED.length);
/** A part of a name: only those parsers are run, so that the whole can be done in pieces. */
const { PARSER } = process.env;

describe('parsers of what comes from outside, at length', () => {
  const parsers = FUZZED.filter(({ name }) => PARSER === undefined || name.includes(PARSER));

  it.each(parsers)(
    `HOS-09 $name: ${RUNS} texts, nothing thrown but the typed refusal, and none slow`,
    (parser) => {
      const slowest = fuzz(parser, RUNS);
      process.stdout.write(`${parser.name}: ${RUNS} texts, the slowest ${slowest.toFixed(2)} ms\n`);
    },
    3_600_000,
  );
});
