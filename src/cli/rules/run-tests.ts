import type { ReadRule } from '../../ada/adapters/rule-reader.js';
import type { LoadedRules, UnsupportedRule } from '../../ada/domain/rule-source.js';
import type { RuleTest } from '../../ada/domain/sigma/rule-tests/rule-test.js';
import { type RuleTestFault, testCorrelation, testDetection } from '../../ada/domain/sigma/rule-tests/run-rule-test.js';
import type { RuleSet } from './read-rule-set.js';

/** What came of all tests of a set of rules. */
export interface TestReport {
  readonly rules: number;
  readonly tests: number;
  /** Rules that have none. */
  readonly untested: number;
  readonly failures: readonly TestFailure[];
  /** Documents that cannot be used, and so were not tested. */
  readonly unusable: readonly UnsupportedRule[];
}

/** A test that failed, and where it, or the event that shows it, stands. */
export interface TestFailure {
  readonly path: string;
  readonly line: number;
  readonly id: string;
  readonly title: string;
  readonly test: string;
  readonly reason: string;
}

/** Runs the tests of all rules that are in force. */
export function runTests({ loaded, read }: RuleSet): TestReport {
  const failures: TestFailure[] = [];
  let [rules, tests, untested] = [0, 0, 0];
  for (const rule of read) {
    const run = runnerOf(rule, loaded);
    if (run === undefined) continue;
    rules++;
    tests += run.tests.length;
    if (run.tests.length === 0) untested++;
    for (const [at, test] of run.tests.entries()) {
      for (const fault of run.faultsOf(test)) failures.push(toFailure(rule, at, test, fault));
    }
  }
  return { rules, tests, untested, failures, unusable: loaded.unsupported };
}

interface Runner {
  readonly tests: readonly RuleTest[];
  faultsOf(test: RuleTest): readonly RuleTestFault[];
}

function runnerOf({ read }: ReadRule, loaded: LoadedRules): Runner | undefined {
  if (read.kind === 'detection') return { tests: read.tests, faultsOf: (test) => testDetection(read.rule, test).faults };
  const { id } = read.rule;
  if (read.kind === 'filter' || !loaded.correlations.some(({ rule }) => rule.id === id)) return undefined;
  return { tests: read.tests, faultsOf: (test) => testCorrelation(id, loaded, test).faults };
}

function toFailure(
  { path, lineOf, read: { rule } }: ReadRule,
  at: number,
  { name }: RuleTest,
  { event, reason }: RuleTestFault,
): TestFailure {
  const place = event === undefined ? ['tests', at] : ['tests', at, 'events', event];
  return { path, line: lineOf(place), id: rule.id, title: rule.title, test: name, reason };
}
