import { compileLinearMatcher } from '../../src/taa/adapters/linear-text-matcher.js';
import { compilePattern } from '../../src/taa/domain/stix/compile-pattern.js';
import { readPattern } from '../../src/taa/domain/stix/read-pattern.js';
import { StixPatternError } from '../../src/taa/domain/stix/stix-pattern-error.js';
import { describeWithData, readNdjson } from '../support/conformance-data.js';
import { readObservations } from '../support/stix-observations.js';

/* STIX patterns with observations and what an independent matcher says of them. */
const CASES = 'intel/stix-pattern-conformance.ndjson.gz';

interface Case {
  readonly spec: 'v20' | 'v21';
  readonly pattern: string;
  readonly expect: 'match' | 'no-match' | 'error';
  readonly observations: Record<string, unknown>[];
}

function outcomeOf({ spec, pattern, observations }: Case): Case['expect'] {
  try {
    const compiled = compilePattern(readPattern(pattern, spec === 'v20' ? '2.0' : '2.1'), compileLinearMatcher);
    return compiled.match(readObservations(observations)) === undefined ? 'no-match' : 'match';
  } catch (error) {
    if (error instanceof StixPatternError) return 'error';
    throw error;
  }
}

describeWithData('STIX pattern conformance', [CASES], (data) => {
  it('says match, no match and error of all cases as they do', async () => {
    const cases = await readNdjson<Case>(data, CASES);
    const differences = cases.flatMap((one) => {
      const found = outcomeOf(one);
      return found === one.expect ? [] : [`${one.spec} ${one.pattern}: expected ${one.expect}, found ${found}`];
    });
    expect([cases.length, differences]).toEqual([489, []]);
  });
});
