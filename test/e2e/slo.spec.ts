import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dump, load } from 'js-yaml';
import { promtool, RULES } from '../support/alert-rules.js';
import { describeWith } from '../support/redis-server.js';

const GENERATOR = 'scripts/generate-monitoring.mjs';
const FAST = 'ErrorBudgetBurnsFast';
const BOTH = [FAST, 'ErrorBudgetBurnsSlowly'] as const;
const BUDGET = 0.001;
const WAIT_MINUTES = 2;
const HISTORY_MINUTES = 6 * 60;
const SERIES = 'requests_total{job="gatra",instance="a:9090",path="/api/v1/alerts",method="GET",status="';
const A_MINUTE = 100_000;

const firing = (name: string): string => `count(ALERTS{alertname="${name}",alertstate="firing",slo="requests"})`;

/** Requests each minute, a share of which fails from `from` on; before, none does. */
function requests(share: number, from: number, until: number): readonly object[] {
  const failed = Math.round(share * A_MINUTE);
  const before = from === 0 ? '' : `0x${from - 1} `;
  const good = from === 0 ? '' : `0+${A_MINUTE}x${from - 1} `;
  return [
    { series: `${SERIES}200"}`, values: `${good}${from * A_MINUTE}+${A_MINUTE - failed}x${until - from}` },
    { series: `${SERIES}503"}`, values: `${before}0+${failed}x${until - from}` },
  ];
}

/**
 * Minutes after which a burn pages by the arithmetic of the SRE workbook, if it does: the long window holds so many failures, and then it has to last. Where nothing
 * was burnt before, as after a clean history, the window has to fill.
 */
function minutesToPage(share: number): number {
  const pairs = [
    { burn: 14.4, longMinutes: 60 },
    { burn: 6, longMinutes: 360 },
  ];
  const times = pairs
    .map(({ burn, longMinutes }) => ({ most: burn * BUDGET, longMinutes }))
    .map(({ most, longMinutes }) => (share > most ? (longMinutes * most) / share : Infinity));
  return Math.min(...times) + WAIT_MINUTES;
}

describe('objectives', () => {
  const directories: string[] = [];
  const copy = (): string => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-slo-'));
    directories.push(directory);
    cpSync('config/monitoring', join(directory, 'config/monitoring'), { recursive: true });
    return directory;
  };
  const check = (root: string, ...more: string[]): { status: number | null; stderr: string } => {
    const { status, stderr } = spawnSync(process.execPath, [GENERATOR, '--root', root, ...more], { encoding: 'utf8' });
    return { status, stderr };
  };
  afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

  it('OPS-09 R34 rules and dashboards are what slo.yaml and dashboards.yaml make of them', () => {
    expect(check(resolve('.'), '--check')).toEqual({ status: 0, stderr: '' });
    const root = copy();
    const slo = join(root, 'config/monitoring/slo.yaml');
    writeFileSync(slo, readFileSync(slo, 'utf8').replace('objective: 99.9', 'objective: 99.5'));
    rmSync(join(root, 'config/monitoring/grafana/gatra-tenant.json'));
    const stale = check(root, '--check');
    expect(stale.status).toBe(1);
    expect(stale.stderr).toMatch(/slo-rules\.yml[^]*gatra-tenant\.json/);
    expect(check(root)).toEqual({ status: 0, stderr: '' });
    expect(check(root, '--check')).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(root, 'config/monitoring/prometheus/slo-rules.yml'), 'utf8')).toContain('rate1h{slo="requests"} > 0.072');
  });

  describeWith(['promtool'], 'as Prometheus follows them', () => {
    /** Tests the rules that are made of the first objective and some of its alerts. */
    const run = async (tests: readonly object[], alerts: readonly string[]): Promise<{ code: number; output: string }> => {
      const root = copy();
      const slo = join(root, 'config/monitoring/slo.yaml');
      const whole = load(readFileSync(slo, 'utf8')) as { alerts: { name: string }[]; slos: object[] };
      const part = { ...whole, alerts: whole.alerts.filter(({ name }) => alerts.includes(name)), slos: whole.slos.slice(0, 1) };
      writeFileSync(slo, dump(part));
      expect(check(root)).toEqual({ status: 0, stderr: '' });
      const file = join(root, 'burns.yml');
      writeFileSync(file, dump({ rule_files: [join(root, RULES, 'slo-rules.yml')], evaluation_interval: '1m', tests }));
      return promtool('test', 'rules', file);
    };
    const expectation = (name: string, minute: number, fires: boolean): object => ({
      expr: firing(name),
      eval_time: `${Math.round(minute)}m`,
      exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
    });

    it('OPS-09 a budget that has been burning at 14.4 times its rate pages within five minutes, at 0.9 times nothing is said', async () => {
      const burn = (times: number, minutes: number): object => ({ interval: '1m', input_series: requests(times * BUDGET, 0, minutes) });
      const silent = [5, 60, 200].flatMap((minute) => BOTH.map((name) => expectation(name, minute, false)));
      const result = await run(
        [
          { ...burn(14.5, 10), promql_expr_test: [expectation(FAST, 5, true)] },
          { ...burn(0.9, 200), promql_expr_test: silent },
        ],
        BOTH,
      );
      expect(result).toEqual({ code: 0, output: expect.any(String) });
    }, 120_000);

    it('OPS-09 after a clean history, shares of 0.1 % to 100 % page when the arithmetic says, the larger ones within five minutes', async () => {
      const shares = [0.001, 0.01, 0.05, 0.5, 1];
      const tests = shares.map((share) => {
        const minutes = minutesToPage(share);
        const last = minutes <= 5 ? 5 : Number.isFinite(minutes) ? Math.ceil(minutes) + 2 : 120;
        return {
          interval: '1m',
          input_series: requests(share, HISTORY_MINUTES, HISTORY_MINUTES + last),
          promql_expr_test: Number.isFinite(minutes)
            ? [expectation(FAST, HISTORY_MINUTES + Math.floor(minutes) - 1, false), expectation(FAST, HISTORY_MINUTES + last, true)]
            : [expectation(FAST, HISTORY_MINUTES + last, false)],
        };
      });
      expect(await run(tests, [FAST])).toEqual({ code: 0, output: expect.any(String) });
      expect(shares.filter((share) => minutesToPage(share) <= 5)).toEqual([0.5, 1]);
      const wrong = { ...tests.at(-1), promql_expr_test: [expectation(FAST, HISTORY_MINUTES + 5, false)] };
      expect((await run([wrong], [FAST])).code).not.toBe(0);
    }, 120_000);
  });
});
