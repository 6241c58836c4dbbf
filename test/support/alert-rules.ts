import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

export const RULES = 'config/monitoring/prometheus';
const RULE_FILES = ['recording-rules.yml', 'slo-rules.yml', 'alerts.yml'] as const;

/** A rule of Prometheus: one that records, or an alert. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A file of rules with its name. */
export interface RuleFile {
  readonly name: string;
  readonly content: { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
}

/** A case of `promtool test rules`, named `Alert, kind: words`. */
export interface RuleCase {
  readonly name: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly { readonly labels: string }[] }[];
}

/** A file of cases with its name. */
export interface CaseFile {
  readonly name: string;
  readonly content: { readonly rule_files: readonly string[]; readonly tests: readonly RuleCase[] };
}

export function ruleFiles(): readonly RuleFile[] {
  return RULE_FILES.map((name) => ({ name, content: load(readFileSync(join(RULES, name), 'utf8')) as RuleFile['content'] }));
}

export function rulesOf(files: readonly RuleFile[]): readonly Rule[] {
  return files.flatMap(({ content }) => content.groups.flatMap(({ rules }) => rules));
}

export function caseFiles(): readonly CaseFile[] {
  return readdirSync(join(RULES, 'tests')).map((name) => ({
    name,
    content: load(readFileSync(join(RULES, 'tests', name), 'utf8')) as CaseFile['content'],
  }));
}

/** Which alert a case is about, and whether it is to fire, to be silent, or to be silent only just. */
export function aboutOf({ name }: Pick<RuleCase, 'name'>): { readonly alert: string; readonly kind: string } {
  const [, alert = '', kind = ''] = /^(\w+), (firing|silent|boundary): /.exec(name) ?? [];
  return { alert, kind };
}

/** What promtool said, and how it ended. */
export function promtool(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile('promtool', args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}
