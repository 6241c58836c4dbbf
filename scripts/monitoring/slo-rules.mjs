import { load } from 'js-yaml';

const SECONDS = { m: 60, h: 3_600, d: 86_400 };

/** Recording and burn-rate rules (Prometheus, YAML) of the objectives in slo.yaml. @throws Error where an objective or a window makes no sense. */
export function sloRules(text) {
  const { least_failures: least, alerts, slos } = load(text);
  const windows = [...new Set(alerts.flatMap((alert) => alert.windows.flatMap(({ short, long }) => [short, long])))].sort(
    (a, b) => secondsOf(a) - secondsOf(b),
  );
  return [
    '# Made of config/monitoring/slo.yaml by `npm run monitoring`; change that instead.',
    'groups:',
    ...slos.map((slo) => group(slo, windows, { least, alerts })),
  ].join('\n');
}

function group(slo, windows, { least, alerts }) {
  if (!(slo.objective > 0 && slo.objective < 100)) throw new Error(`${slo.name}: the objective is a percentage below 100`);
  const rules = [...windows.flatMap((window) => records(slo, window)), ...alerts.map((alert) => burnAlert(slo, alert, least))];
  return `  - name: gatra-slo-${slo.name}\n    rules:\n${rules.join('\n')}`;
}

function records(slo, window) {
  const total = `sum by (job) (rate(${slo.total}[${window}]))`;
  const failures = slo.good
    ? `${total} - sum by (job) (rate(${slo.good}[${window}]))`
    : `sum by (job) (rate(${slo.failed}[${window}])) or 0 * ${total}`;
  return [record(`slo:failures:rate${window}`, failures, slo), record(`slo:failure_ratio:rate${window}`, `(${failures}) / ${total}`, slo)];
}

function record(name, expr, slo) {
  return `      - record: ${name}
        expr: ${expr}
        labels: { slo: ${slo.name} }`;
}

function burnAlert(slo, { name, severity, for: wait, windows }, least) {
  const budget = (100 - slo.objective) / 100;
  const burns = windows.map(({ burn, long, short }) => {
    const most = Number((burn * budget).toPrecision(6));
    const ratio = (window) => `slo:failure_ratio:rate${window}{slo="${slo.name}"} > ${most}`;
    const enough = `slo:failures:rate${long}{slo="${slo.name}"} * ${secondsOf(long)} > ${least}`;
    return `          (${ratio(long)} and ${ratio(short)} and ${enough})`;
  });
  return `      - alert: ${name}
        expr: |
${burns.join('\n            or\n')}
        for: ${wait}
        labels: { severity: ${severity}, slo: ${slo.name} }
        annotations:
          summary: '{{ $labels.slo }}: {{ $value | humanizePercentage }} fail, where ${slo.objective} % are promised to succeed'
          runbook_url: docs/runbook.md#${name.toLowerCase()}`;
}

function secondsOf(window) {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(window) ?? [];
  if (unit === undefined) throw new Error(`a window is a number of m, h or d, not "${window}"`);
  return Number(count) * SECONDS[unit];
}
