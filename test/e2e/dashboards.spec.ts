import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleFiles, rulesOf } from '../support/alert-rules.js';
import { BuiltApp } from '../support/built-app.js';
import { Certificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { markdownSection, quoted } from '../support/markdown-section.js';
import { Prometheus } from '../support/prometheus.js';
import { faultsOf } from '../support/promtool.js';
import { promqlNames } from '../support/promql-names.js';
import { describeWith } from '../support/redis-server.js';
import { runGatra } from '../support/run-gatra.js';
import { scrapedMetrics, type ScrapedMetrics } from '../support/scraped-metrics.js';
import { sourceFiles } from '../support/source-files.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[] };
  readonly panels: readonly Panel[];
}

const GRAFANA = 'config/monitoring/grafana';
const TENANT = 'acme-corp';
const dashboards = readdirSync(GRAFANA)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(GRAFANA, name), 'utf8')) as Dashboard);
const rules = rulesOf(ruleFiles());
const queries = dashboards.flatMap(({ uid, panels }) =>
  panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: `${uid}, ${title}`, expr }))),
);
const expressions = [...rules.map(({ alert, record, expr }) => ({ where: String(alert ?? record), expr })), ...queries];

/** What Prometheus gives: labels of every target, metrics of its own, and values. */
const TARGET = ['job', 'instance'];
const OWN: Readonly<Record<string, readonly string[]>> = { up: [], ALERTS: ['alertname', 'alertstate', 'severity'] };
const VALUES = ['gatra', 'firing', '_other'];

/** Labels of each metric that may be asked for: scraped, recorded or given by Prometheus. */
function labelsKnown(
  scraped: ScrapedMetrics,
  documented: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>();
  for (const [name, labels] of scraped) {
    const listed = documented.get(name.replace(/_(bucket|sum|count)$/, '')) ?? documented.get(name) ?? [];
    known.set(name, new Set([...labels.keys(), ...listed, ...TARGET]));
  }
  for (const { record, expr, labels = {} } of rules.filter((rule) => rule.record !== undefined)) {
    const { selectors, grouping } = promqlNames(expr);
    const kept = grouping.length > 0 ? grouping : selectors.flatMap(({ metric }) => [...(known.get(metric) ?? [])]);
    known.set(String(record), new Set([...(known.get(String(record)) ?? []), ...kept, ...Object.keys(labels)]));
  }
  for (const [name, labels] of Object.entries(OWN)) known.set(name, new Set([...labels, ...TARGET]));
  return known;
}

/** What an expression asks for and nobody has. */
function missing(expr: string, known: ReadonlyMap<string, ReadonlySet<string>>, isValue: (value: string) => boolean): readonly string[] {
  const { selectors, grouping } = promqlNames(expr);
  const had = selectors.flatMap(({ metric }) => [...(known.get(metric) ?? [])]);
  return [
    ...selectors.filter(({ metric }) => !known.has(metric)).map(({ metric }) => metric),
    ...selectors.flatMap(({ metric, matchers }) =>
      matchers.filter(({ label }) => known.get(metric)?.has(label) === false).map(({ label }) => `${metric}{${label}}`),
    ),
    ...selectors.flatMap(({ matchers }) =>
      matchers.filter(({ op, value }) => /^!?=$/.test(op) && !value.startsWith('$') && !isValue(value)).map(({ value }) => value),
    ),
    ...grouping.filter((label) => !had.includes(label)).map((label) => `by ${label}`),
  ];
}

describe('the dashboards', () => {
  it('OPS-08 R34 are three that Grafana takes: ids of their own, one source that can be chosen, no panel over another', () => {
    expect(dashboards.map(({ uid }) => uid).sort()).toEqual(['gatra-detection', 'gatra-operations', 'gatra-tenant']);
    for (const { title, panels, templating, schemaVersion } of dashboards) {
      expect(title).toMatch(/^GATRA: /);
      expect(schemaVersion).toBeGreaterThanOrEqual(39);
      expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
      const variables = templating.list.map(({ name }) => name);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
      for (const { type, title: panel, datasource, targets = [] } of panels.filter(({ type }) => type !== 'row')) {
        expect([panel, type, datasource?.uid]).toEqual([panel, 'timeseries', '${datasource}']);
        expect(targets.length).toBeGreaterThan(0);
        for (const { expr, datasource: own } of targets) {
          expect(own.uid).toBe('${datasource}');
          const used = [...expr.matchAll(/\$(\w+)/g)].map(([, name = '']) => name).filter((name) => name !== '__rate_interval');
          expect([panel, used.filter((name) => !variables.includes(name))]).toEqual([panel, []]);
        }
      }
    }
  });
});

describeWith(['prometheus', 'promtool'], 'rules and dashboards, fed by the demo', () => {
  const certificates = new Certificates();
  let app: BuiltApp;
  let prometheus: Prometheus;
  let sent = 0;

  const metricsOf = (built: BuiltApp): string => {
    const line = built.printed.find((printed) => printed.includes('"event":"metrics.listening"')) ?? '{}';
    return `127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  };
  const scrape = async (built: BuiltApp): Promise<string> => (await fetch(`http://${metricsOf(built)}/metrics`)).text();
  /** Collectors and people go on, so that there is a rate of everything. */
  const traffic = async (): Promise<void> => {
    const token = await app.token(TENANT, 'analyst');
    const headers = { 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Content-Type': 'application/json' };
    const events = [{ message: `still here, ${(sent += 1)}`, host: 'ws-1' }];
    await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body: JSON.stringify({ source: 'generic', events }) });
    await fetch(`${app.baseUrl}/api/v1/alerts`, { headers: { Authorization: `Bearer ${token}` } });
  };
  const judgeOne = async (): Promise<void> => {
    const headers = { Authorization: `Bearer ${await app.token(TENANT, 'analyst')}`, 'Content-Type': 'application/json' };
    const { items } = (await (await fetch(`${app.baseUrl}/api/v1/alerts?limit=1`, { headers })).json()) as {
      items: { alert_id: string }[];
    };
    const url = `${app.baseUrl}/api/v1/alerts/${items[0]?.alert_id}/feedback`;
    const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ verdict: 'true_positive' }) });
    expect(status).toBe(200);
  };

  beforeAll(async () => {
    app = await BuiltApp.start({ env: { METRICS_PORT: '0' } });
    prometheus = await Prometheus.start(metricsOf(app));
    const demo = await runGatra(['demo', '--credentials', join(app.dataDir, 'bootstrap.json'), '--url', app.baseUrl], { PATH: '' });
    expect(demo).toMatchObject({ code: 0 });
    await judgeOne();
  }, 240_000);
  afterAll(async () => {
    await prometheus?.stop();
    await app?.stop({ atOnce: true });
    certificates.remove();
  });

  it('OPS-07 every metric, label and value that they use is in a live scrape', async () => {
    certificates.place(certificates.make());
    const away = { EVENT_LAKE: 'clickhouse', CLICKHOUSE_URL: 'http://127.0.0.1:1' };
    const tls = { TLS_CERT_FILE: certificates.certFile, TLS_KEY_FILE: certificates.keyFile };
    const other = await BuiltApp.start({ env: { METRICS_PORT: '0', ...away, ...tls } });
    const texts = [await scrape(app), await scrape(other)];
    await other.stop({ atOnce: true });
    expect(texts.map(faultsOf)).toEqual(['', '']);
    const scraped = scrapedMetrics(...texts);

    const rows = markdownSection('docs/observability.md', 'Metrics').rows.flatMap(([cell]) => quoted(cell));
    const documented = new Map(rows.map((row) => [row.replace(/\{.*/, ''), row.match(/(?<=\{).*(?=\})/)?.[0].split(', ') ?? []] as const));
    for (const [name, labels] of documented) {
      const shown = [...(scraped.get(name)?.keys() ?? [])];
      if (shown.length > 0) expect([name, shown.sort()]).toEqual([name, [...labels].sort()]);
    }

    const known = labelsKnown(scraped, documented);
    const values = new Set([
      ...[...scraped.values()].flatMap((labels) => [...labels.values()].flatMap((each) => [...each])),
      ...rules.flatMap(({ labels = {} }) => Object.values(labels)),
    ]);
    const source = sourceFiles('src')
      .map(({ text }) => text)
      .join('\n');
    const isValue = (value: string): boolean =>
      values.has(value) || /^5\d\d$/.test(value) || VALUES.includes(value) || source.includes(`'${value}'`);
    const faults = expressions.flatMap(({ where, expr }) => missing(expr, known, isValue).map((fault) => `${where}: ${fault}`));
    expect(faults).toEqual([]);
    expect(
      missing('sum by (nobody) (no_such_metric) / rate(dead_letters_total{knd="no-such-knd", kind="no-such-kind"}[5m])', known, isValue),
    ).toEqual(['no_such_metric', 'dead_letters_total{knd}', 'no-such-knd', 'no-such-kind', 'by nobody']);
  }, 120_000);

  it('OPS-07 R64 every metric that the runbook looks at is in a live scrape', async () => {
    const scraped = [...scrapedMetrics(await scrape(app)).keys()];
    const elsewhere = ['lake_', 'tls_certificate_expiry_timestamp_seconds'];
    const looked = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^metric '([^']*)'/gm)].flatMap(([, pattern = '']) =>
      alternatives(pattern),
    );
    expect(looked.length).toBeGreaterThan(40);
    const unknown = looked.filter((each) => !elsewhere.includes(each) && !scraped.some((name) => new RegExp(`^${each}`).test(name)));
    expect(unknown).toEqual([]);
  });

  it('OPS-08 every panel shows something, and every rule is evaluated', async () => {
    await eventually(async () => {
      await traffic();
      const empty: string[] = [];
      for (const { where, expr } of queries) {
        const asked = expr.replaceAll('$__rate_interval', '15s').replaceAll('$job', 'gatra').replaceAll('$tenant', TENANT);
        const samples = await prometheus.query(asked);
        if (!samples.some(({ value: [, value] }) => value !== 'NaN')) empty.push(`${where}: ${asked}`);
      }
      expect(empty).toEqual([]);
    }, 90_000);
    await expect(prometheus.query('sum by (')).rejects.toThrow('parse error');
    expect(await prometheus.query('no_such_metric')).toEqual([]);
    await eventually(async () => {
      const live = await prometheus.rules();
      expect(live).toHaveLength(rules.length);
      expect(live.filter(({ health }) => health !== 'ok')).toEqual([]);
    }, 60_000);
    const names = new Set((await prometheus.rules()).filter(({ state }) => state === 'firing').map(({ name }) => name));
    for (const name of ['AccountingRemainder', 'EventFileDamaged', 'DatabaseDamaged', 'NoInstance', 'InstanceRestarts', 'ContainmentFails'])
      expect([name, names.has(name)]).toEqual([name, false]);
  }, 180_000);
});

/** The names that a pattern of names has. */
function alternatives(pattern: string): readonly string[] {
  return pattern.split(/\|(?![^(]*\))/).flatMap((piece) => {
    const name = piece.replace(/(\\\{|\.\*).*$/, '');
    const [, before = '', group, after = ''] = /^([^(]*)\(([^)]*)\)(.*)$/.exec(name) ?? [];
    return group === undefined ? [name] : group.split('|').map((each) => before + each + after);
  });
}
