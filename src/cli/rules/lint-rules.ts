import { readAttackFile } from '../../ada/adapters/attack-bundle-file.js';
import { readFieldNames } from '../../ada/adapters/field-name-files.js';
import { readLogsources } from '../../ada/adapters/logsource-files.js';
import { AttackCatalog } from '../../ada/domain/attack/attack-catalog.js';
import { lintCorrelation } from '../../ada/domain/sigma/lint/lint-correlation.js';
import { lintRule } from '../../ada/domain/sigma/lint/lint-rule.js';
import { type CommandTerminal, messageOf } from '../command-terminal.js';
import { aboutRule, counted } from './place-text.js';
import { type RuleSetOptions, readRuleSet } from './read-rule-set.js';

/** What to hold rules against, and what to tell. */
export interface LintOptions extends RuleSetOptions {
  /** File of a STIX bundle of ATT&CK. */
  readonly attack?: string;
  readonly strict?: true;
  readonly json?: true;
}

interface Finding {
  /** An error keeps the rule from being used. */
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly line?: number;
  readonly id?: string;
  readonly title?: string;
  readonly reason: string;
}

/** Lists what is wrong with rules, and what is odd about them. @throws Error when rules or techniques cannot be read */
export async function lintRules(paths: readonly string[], options: LintOptions, terminal: CommandTerminal): Promise<void> {
  const knowledge = { logsources: readLogsources(), fields: readFieldNames(), techniques: await readTechniques(options.attack) };
  const { loaded, read } = await readRuleSet(paths, options);
  const errors = loaded.unsupported.map((one): Finding => ({ severity: 'error', ...one }));
  const rules = new Map(read.flatMap(({ written, read: { kind, rule } }) => (kind === 'detection' ? [[rule.id, { rule, written }]] : [])));
  const linked = new Map(loaded.correlations.map((correlation) => [correlation.rule.id, correlation]));
  const warnings = read.flatMap(({ path, lineOf, written, read: document }) => {
    const { id, title } = document.rule;
    const correlation = document.kind === 'correlation' ? linked.get(id) : undefined;
    const remarks = [
      ...lintRule(written, document, knowledge),
      ...(correlation === undefined ? [] : lintCorrelation(correlation, written, rules, knowledge.fields)),
    ];
    return remarks.map((remark): Finding => ({ severity: 'warning', path, line: lineOf(remark.path), id, title, reason: remark.reason }));
  });
  const findings = [...errors, ...warnings].sort((a, b) => (a.path === b.path ? (a.line ?? 0) - (b.line ?? 0) : a.path < b.path ? -1 : 1));
  const report = { rules: read.length, errors: errors.length, warnings: warnings.length, findings };
  terminal.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describe(report));
  if (errors.length > 0 || (options.strict === true && warnings.length > 0)) terminal.setExitCode(1);
}

async function readTechniques(path: string | undefined): Promise<AttackCatalog> {
  if (path === undefined) return new AttackCatalog();
  return readAttackFile(path).catch((error: unknown) => {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
  });
}

function describe({ rules, errors, warnings, findings }: { rules: number; errors: number; warnings: number; findings: Finding[] }): string {
  return [
    ...findings.map(({ severity, reason, ...place }) => aboutRule(place, `${severity}: ${reason}`)),
    `${counted(rules, 'rule')} read: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}\n`,
  ].join('');
}
