import { type Command, InvalidArgumentError, Option } from 'commander';
import { EVENT_FORMATS } from '../../contracts/security-event.js';
import { processEnvironment } from '../../platform/config/environment.js';
import { type CommandTerminal, PROCESS_TERMINAL, messageOf } from '../command-terminal.js';
import { type BenchOptions, benchRules } from './bench-rules.js';
import { type ExplainOptions, explainEvent } from './explain-rule-command.js';
import { type LintOptions, lintRules } from './lint-rules.js';
import { type TestOptions, testRules } from './test-rules.js';

const RULES = ['<path...>', 'rule files, directories or .tar.gz archives'] as const;
const PLACEHOLDERS = ['--placeholders <file>', 'file with what placeholders of rules stand for'] as const;
const TENANT = ['--tenant <id>', 'whose values of placeholders are meant; the common ones where it is left out'] as const;
const JSON_FLAG = ['--json', 'print one JSON object'] as const;
const FAILED = 1;
const USAGE = 2;

/**
 * Adds `rules`: what the author of detection rules needs, without a server. Commands end with 1 where something is wrong with a rule or cannot be read,
 * with 2 if they were called wrongly.
 */
export function registerRules(program: Command, terminal: CommandTerminal = PROCESS_TERMINAL): void {
  const placeholders = processEnvironment()['GATRA_PLACEHOLDERS'];
  const rules = program
    .command('rules')
    .description('Test, check, measure and explain detection rules without a server')
    .exitOverride((error) => {
      if (error.exitCode !== 0) terminal.setExitCode(USAGE);
      throw error;
    });
  const guarded =
    <A extends unknown[]>(act: (...args: A) => Promise<void>) =>
    (...args: A): Promise<void> =>
      act(...args).catch((error: unknown) => {
        terminal.stderr.write(`error: ${messageOf(error)}\n`);
        terminal.setExitCode(FAILED);
      });
  rules
    .command('test')
    .description('Run the tests that rules bring under `tests`; 1 where one fails or a rule cannot be used')
    .argument(...RULES)
    .option(...PLACEHOLDERS, placeholders)
    .option(...TENANT)
    .option(...JSON_FLAG)
    .action(guarded((paths: string[], options: TestOptions) => testRules(paths, options, terminal)));
  rules
    .command('lint')
    .description('List what is wrong with rules, with file and line, and what is odd about them; 1 where a rule cannot be used')
    .argument(...RULES)
    .option('--attack <file>', 'STIX bundle of ATT&CK that techniques are looked up in', processEnvironment()['ATTACK_BUNDLE_FILE'])
    .option('--strict', 'answer 1 to warnings too')
    .option(...PLACEHOLDERS, placeholders)
    .option(...TENANT)
    .option(...JSON_FLAG)
    .action(guarded((paths: string[], options: LintOptions) => lintRules(paths, options, terminal)));
  rules
    .command('bench')
    .description('Measure what each rule costs by itself over the events of a file, and list the dearest')
    .argument(...RULES)
    .requiredOption('--events <path>', 'log file or directory of such (NDJSON, plain or gzip)')
    .option('--most <count>', 'most events to read', toCount(100_000), 2_000)
    .option('--top <count>', 'how many rules to list', toCount(100_000), 20)
    .option(...PLACEHOLDERS, placeholders)
    .option(...TENANT)
    .option(...JSON_FLAG)
    .action(guarded((paths: string[], options: BenchOptions) => benchRules(paths, options, terminal)));
  rules
    .command('explain')
    .description('Say which parts of a detection rule hold in an event, which do not, and what was seen')
    .argument('<rule>', 'file of the rule')
    .argument('<event>', 'file of one event as JSON, or - for standard input')
    .option('--id <id>', 'which rule, where there are several')
    .addOption(new Option('--format <format>', 'how the event is declared').choices(['auto', ...EVENT_FORMATS]).default('auto'))
    .option(...PLACEHOLDERS, placeholders)
    .option(...TENANT)
    .option(...JSON_FLAG)
    .action(guarded((rule: string, event: string, options: ExplainOptions) => explainEvent(rule, event, options, terminal)));
}

function toCount(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!Number.isInteger(count) || count < 1 || count > most) throw new InvalidArgumentError(`not a whole number from 1 to ${most}`);
    return count;
  };
}
