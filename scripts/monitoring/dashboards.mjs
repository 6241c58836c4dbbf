import { load } from 'js-yaml';

const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const QUERIES = { job: 'label_values(build_info, job)', tenant: 'label_values(events_ingested{job="$job"}, tenant_id)' };

/** Grafana's dashboards, as JSON, of the compact form in dashboards.yaml. */
export function dashboards(text) {
  return load(text).map((dashboard) => ({ uid: dashboard.uid, json: JSON.stringify(toGrafana(dashboard)) }));
}

function toGrafana({ uid, title, rows, variables = [] }) {
  return {
    uid,
    title,
    tags: ['gatra'],
    timezone: 'utc',
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }, ...['job', ...variables].map(variable)] },
    panels: laidOut(rows),
  };
}

function variable(name) {
  return { name, type: 'query', datasource: DATASOURCE, query: { query: QUERIES[name], refId: name }, refresh: 2, sort: 1 };
}

function laidOut(rows) {
  const panels = [];
  let y = 0;
  for (const { title, panels: own } of rows) {
    panels.push({ id: panels.length + 1, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] });
    y += 1;
    for (const [at, each] of own.entries()) {
      const gridPos = { x: (at % COLUMNS) * WIDTH, y: y + Math.floor(at / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT };
      panels.push({ id: panels.length + 1, ...panel(each), gridPos });
    }
    y += Math.ceil(own.length / COLUMNS) * HEIGHT;
  }
  return panels;
}

function panel({ title, unit, draws }) {
  return {
    type: 'timeseries',
    title,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: Object.entries(draws).map(([legendFormat, expr], at) => ({
      refId: String.fromCharCode(65 + at),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  };
}
