import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compileLinearMatcher } from '../../src/taa/adapters/linear-text-matcher.js';
import { compilePattern } from '../../src/taa/domain/stix/compile-pattern.js';
import { readPattern } from '../../src/taa/domain/stix/read-pattern.js';
import { StixPatternError } from '../../src/taa/domain/stix/stix-pattern-error.js';
import { readObservations } from '../support/stix-observations.js';

/*
 * STIX patterns with observations and what an independent matcher says of them. The data is not part of the project: GATRA_CONFORMANCE_DATA names the
 * directory that holds it.
 */
const named = process.env['GATRA_CONFORMANCE_DATA'] ?? '';
const file = join(resolve(named), 'intel', 'stix-pattern-conformance.ndjson.gz');
const isPresent = named !== '' && existsSync(file);

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

(isPresent ? describe : describe.skip)(
  isPresent ? 'STIX pattern conformance' : 'SKIPPED (GATRA_CONFORMANCE_DATA names no directory with the data): STIX pattern conformance',
  () => {
    it('says match, no match and error of all cases as they do', () => {
      const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
      const cases = lines.map((line) => JSON.parse(line) as Case);
      const differences = cases.flatMap((one) => {
        const found = outcomeOf(one);
        return found === one.expect ? [] : [`${one.spec} ${one.pattern}: expected ${one.expect}, found ${found}`];
      });
      expect([cases.length, differences]).toEqual([489, []]);
    });
  },
);
