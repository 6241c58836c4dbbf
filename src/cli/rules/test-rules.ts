import type { CommandTerminal } from '../command-terminal.js';
import { aboutRule, counted } from './place-text.js';
import { type RuleSetOptions, readRuleSet } from './read-rule-set.js';
import { type TestReport, runTests } from './run-tests.js';

/** How tests are run and told. */
export interface TestOptions extends RuleSetOptions {
  readonly json?: true;
}

/** Runs the tests that rules bring. @throws Error when rules cannot be read */
export async function testRules(paths: readonly string[], options: TestOptions, terminal: CommandTerminal): Promise<void> {
  const report = runTests(await readRuleSet(paths, options));
  terminal.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describe(report));
  if (report.failures.length + report.unusable.length > 0) terminal.setExitCode(1);
}

function describe({ rules, tests, untested, failures, unusable }: TestReport): string {
  const failed = new Set(failures.map(({ path, id, test }) => JSON.stringify([path, id, test]))).size;
  return [
    ...unusable.map((one) => aboutRule(one, one.reason)),
    ...failures.map((one) => aboutRule(one, `${one.test}: ${one.reason}`)),
    `${counted(tests, 'test')} of ${counted(rules, 'rule')}: ${failed} failed; ${counted(untested, 'rule')} without tests, ${unusable.length} unusable\n`,
  ].join('');
}
