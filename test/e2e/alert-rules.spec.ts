import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { RULE_BACKTEST } from '../../src/ada/domain/backtest/backtest-store.js';
import { RETRO_MATCH } from '../../src/taa/domain/retro/retro-store.js';
import {
  aboutOf,
  caseFiles,
  promtool,
  ruleFiles,
  RULES,
  rulesOf,
  type CaseFile,
  type Rule,
  type RuleCase,
} from '../support/alert-rules.js';
import { describeWith } from '../support/redis-server.js';
import { hasSection } from '../support/markdown-section.js';

const KINDS = ['firing', 'silent', 'boundary'] as const;
/** What an alert may tell of: parts of the platform, and which tenant. Whoever reads it learns nothing that a tenant's data say. */
const LABELS = [
  'alertname',
  'alertstate',
  'severity',
  'job',
  'instance',
  'tenant_id',
  'service',
  'store',
  'kind',
  'thread',
  'reason',
  'slo',
];
const alerts = rulesOf(ruleFiles()).filter(({ alert }) => alert !== undefined);
const names = [...new Set(alerts.map(({ alert }) => String(alert)))];

/** Alerts and kinds of cases that a list of cases has none of. */
function lacking(cases: readonly Pick<RuleCase, 'name'>[]): readonly string[] {
  const had = new Set(cases.map(aboutOf).map(({ alert, kind }) => `${alert} ${kind}`));
  return names.flatMap((name) => KINDS.map((kind) => `${name} ${kind}`)).filter((each) => !had.has(each));
}

/** Faults in what an alert says of itself. */
function faultsOf({ alert, labels = {}, annotations = {} }: Rule): readonly string[] {
  const url = String(annotations['runbook_url']);
  const [file = '', section = ''] = url.split('#');
  const told = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
  return [
    ...(['page', 'ticket'].includes(String(labels['severity'])) ? [] : [`${alert} has no severity`]),
    ...(annotations['summary'] ? [] : [`${alert} has no summary`]),
    ...(hasSection(file, section) ? [] : [`${alert}: there is no ${url}`]),
    ...told.filter((label) => !LABELS.includes(label)).map((label) => `${alert} tells of ${label}`),
  ];
}

/** An expression that fires one step earlier: at its limits, not beyond them. What is taken away by `unless` stays as it is. */
function loosened(expr: string): string {
  const looser = (line: string): string => line.replaceAll(' > ', ' >= ').replaceAll(' < ', ' <= ');
  return expr.replace(/^(?!\s*unless).*$/gm, looser);
}

const MUTANTS: Readonly<Record<(typeof KINDS)[number], (rule: Rule) => Partial<Rule>>> = {
  firing: () => ({ expr: 'vector(0) > 1' }),
  silent: () => ({ expr: 'vector(1)', for: '0s' }),
  boundary: ({ expr }) => ({ expr: loosened(expr), for: '0s' }),
};

describe('the alerts', () => {
  it('OPS-06 R34 each has a case in which it fires, one in which it is silent, and one at its boundary', () => {
    const cases = caseFiles().flatMap(({ content }) => content.tests);
    expect(cases.filter((each) => !names.includes(aboutOf(each).alert)).map(({ name }) => name)).toEqual([]);
    expect(cases.filter(({ input_series: series }) => series.length === 0)).toEqual([]);
    for (const each of cases) {
      const expected = each.promql_expr_test.filter(({ exp_samples: samples }) => samples.length > 0).length;
      expect([each.name, expected]).toEqual([each.name, aboutOf(each).kind === 'firing' ? each.promql_expr_test.length : 0]);
    }
    expect(lacking(cases)).toEqual([]);
    expect(lacking(cases.filter(({ name }) => !name.startsWith('DiskFull, boundary')))).toEqual(['DiskFull boundary']);
  });

  it('OPS-07 R64 each has a severity, a summary, a section in the runbook that is there, and no label that tells of a tenant’s data', () => {
    expect(alerts.flatMap(faultsOf)).toEqual([]);
    const strange = { alert: 'Strange', expr: '1', annotations: { summary: '{{ $labels.user }}', runbook_url: 'docs/runbook.md#strange' } };
    expect(faultsOf(strange)).toEqual(['Strange has no severity', 'Strange: there is no docs/runbook.md#strange', 'Strange tells of user']);
    const told = caseFiles().flatMap(({ content }) =>
      content.tests.flatMap(({ promql_expr_test: tests }) =>
        tests.flatMap(({ exp_samples: samples }) => samples.map(({ labels }) => labels)),
      ),
    );
    const labels = new Set(told.flatMap((text) => [...text.matchAll(/(\w+)="/g)].map(([, label = '']) => label)));
    expect([...labels].filter((label) => !LABELS.includes(label))).toEqual([]);
  });

  it('R64 the runbook says of each what to look at with a command, when to call somebody, and when it is over', () => {
    const sections = readFileSync('docs/runbook.md', 'utf8').split(/^##+ /m);
    const of = (name: string): string => sections.find((section) => section.startsWith(`${name}\n`)) ?? '';
    const wanted = ['```bash', '**Escalate:**', '**Over when:**'];
    expect(names.flatMap((name) => wanted.filter((part) => !of(name).includes(part)).map((part) => `${name}: ${part}`))).toEqual([]);
  });

  it('OPS-06 says of each how long it waits and why', () => {
    const text = readFileSync(join(RULES, 'alerts.yml'), 'utf8');
    const blocks = text.split('- alert: ').slice(1);
    expect(
      blocks.filter((block) => !/^ +# .*\.$/m.test(block.split('annotations:')[0] ?? '')).map((block) => block.split('\n')[0]),
    ).toEqual([]);
  });
});

describe('the alert of late work', () => {
  it('knows the kinds that nobody waits for by the names that they have', () => {
    const { expr = '' } = alerts.find(({ alert }) => alert === 'WorkQueueDelayed') ?? {};
    expect(/kind!~"([^"]+)"/.exec(expr)?.[1]).toBe([RETRO_MATCH, RULE_BACKTEST].map((kind) => kind.replace('.', '[.]')).join('|'));
  });
});

describeWith(['promtool'], 'the alerts, as Prometheus reads them', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-rules-'));
    mkdirSync(join(directory, 'tests'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Writes the rules with every alert changed, and the cases of one kind, and tests them. Answers the alerts that promtool found failing. */
  const failing = async (kind: (typeof KINDS)[number], change: (rule: Rule) => Partial<Rule>): Promise<ReadonlySet<string>> => {
    for (const { name, content } of ruleFiles()) {
      const groups = content.groups.map((group) => ({
        ...group,
        rules: group.rules.map((rule) => (rule.alert === undefined ? rule : { ...rule, ...change(rule) })),
      }));
      writeFileSync(join(directory, name), dump({ groups }));
    }
    const runs = caseFiles().map(async ({ name, content }: CaseFile) => {
      const file = join(directory, 'tests', name);
      writeFileSync(file, dump({ ...content, tests: content.tests.filter((each) => aboutOf(each).kind === kind) }));
      return (await promtool('test', 'rules', file)).output;
    });
    const output = (await Promise.all(runs)).join('\n');
    return new Set([...output.matchAll(/alertname=\\"(\w+)\\"/g)].map(([, name = '']) => name));
  };

  it('OPS-06 promtool finds nothing wrong with the rules', async () => {
    const files = ruleFiles().map(({ name }) => join(RULES, name));
    const { code, output } = await promtool('check', 'rules', ...files);
    expect({ code, faults: output.match(/FAILED|lint/g) }).toEqual({ code: 0, faults: null });
    writeFileSync(join(directory, 'wrong.yml'), 'groups: [{ name: wrong, rules: [{ alert: Wrong, expr: "sum by (" }] }]');
    expect((await promtool('check', 'rules', join(directory, 'wrong.yml'))).code).not.toBe(0);
  });

  it('OPS-06 every case holds', async () => {
    const runs = await Promise.all(caseFiles().map(({ name }) => promtool('test', 'rules', join(RULES, 'tests', name))));
    expect(runs.filter(({ code }) => code !== 0).map(({ output }) => output)).toEqual([]);
  }, 120_000);

  it.each(KINDS)(
    'OPS-06 the %s case of every alert fails where the alert is wrong',
    async (kind) => {
      const found = await failing(kind, MUTANTS[kind]);
      expect(names.filter((name) => !found.has(name))).toEqual([]);
    },
    120_000,
  );
});

describeWith(['amtool'], 'the example for Alertmanager', () => {
  const FILE = 'config/monitoring/alertmanager.example.yml';
  const amtool = (...args: string[]): { code: number | null; output: string } => {
    const { status, stdout } = spawnSync('amtool', args, { encoding: 'utf8' });
    return { code: status, output: stdout.trim() };
  };

  it('OPS-06 is one that Alertmanager takes, and tells the right people', () => {
    expect(amtool('check-config', FILE)).toEqual({ code: 0, output: expect.stringContaining('3 receivers') });
    const receivers = (...labels: string[]): string => amtool('config', 'routes', 'test', `--config.file=${FILE}`, ...labels).output;
    expect(receivers('alertname=DiskFull', 'severity=page')).toBe('on-call');
    expect(receivers('alertname=DeadLetters', 'severity=ticket')).toBe('tickets');
    expect(receivers('alertname=CollectorsSilent', 'severity=ticket', 'tenant_id=acme-corp')).toBe('acme-corp,tickets');
    expect(receivers('alertname=CollectorsSilent', 'severity=ticket', 'tenant_id=globex')).toBe('tickets');
    expect(receivers('alertname=AccountingRemainder', 'severity=page', 'tenant_id=acme-corp')).toBe('on-call');
  });

  it('OPS-06 names no alert that is not there', () => {
    const named = [...readFileSync(FILE, 'utf8').matchAll(/alertname !?=~? "([^"]+)"/g)].flatMap(([, words = '']) => words.split('|'));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((word) => !names.some((name) => new RegExp(`^(?:${word})$`).test(name)))).toEqual([]);
  });
});
