import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { markdownSection, quoted } from '../support/markdown-section.js';
import { faultsOf, itWithPromtool } from '../support/promtool.js';
import { settled } from '../support/settled.js';

interface Listed<T> {
  readonly items: readonly T[];
}
interface AlertItem {
  readonly alert_id: string;
  readonly status: string;
  readonly severity: string;
  readonly correlation_id: string;
  readonly incident_id: string | null;
  readonly rule: { readonly author: string; readonly license: string };
  readonly evidence: readonly string[];
  readonly verdict: { readonly score: number; readonly classification: string } | null;
}
interface ActionItem {
  readonly action_id: string;
  readonly status: string;
  readonly risk: string;
  readonly kind: string;
  readonly correlation_id: string;
}
interface AuditItem {
  readonly index: number;
  readonly timestamp: string;
  readonly action: string;
  readonly correlation_id: string;
  readonly incident_id?: string;
}

const CORRELATION = 'intrusion-2026-11-20';
const run = promisify(execFile);

describe('the main job, on the built app', () => {
  let app: BuiltApp;
  let analyst: string;
  let metricsUrl: string;

  const get = async <T>(path: string, token = analyst): Promise<T> => {
    const answer = await fetch(app.baseUrl + path, { headers: { Authorization: `Bearer ${token}` } });
    expect([path, answer.status]).toEqual([path, 200]);
    return (await answer.json()) as T;
  };

  const scrape = async (): Promise<string> => (await fetch(metricsUrl)).text();

  beforeAll(async () => {
    app = await BuiltApp.start({ env: { METRICS_PORT: '0' } });
    const line = app.printed.find((printed) => printed.includes('"event":"metrics.listening"')) ?? '{}';
    metricsUrl = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}/metrics`;
    analyst = await app.token('acme-corp', 'analyst');
    const attack = [...generateDay({ seed: 3, day: new Date('2026-11-20'), backgroundEvents: 300 })].filter(({ label }) => label.attack);
    for (const source of new Set(attack.map((event) => event.source))) {
      const events = attack.filter((event) => event.source === source).map(({ event }) => event);
      const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
        method: 'POST',
        headers: { 'X-API-Key': app.apiKey('acme-corp', 'collector'), 'Content-Type': 'application/json', 'X-Correlation-ID': CORRELATION },
        body: JSON.stringify({ source, events }),
      });
      const body = (await answer.json()) as object;
      expect(answer.status).toBe(202);
      expect(body).toMatchObject({ accepted: events.length, duplicates: 0, rejected: [], inspected: true, correlation_id: CORRELATION });
    }
    await settled(
      async () => [
        await get<Listed<AlertItem>>('/api/v1/alerts?limit=500'),
        await get<Listed<ActionItem>>('/api/v1/containment/actions?limit=500'),
      ],
      ([alerts, actions]) => (alerts?.items ?? []).every(({ status }) => status !== 'new') && (actions?.items.length ?? 0) > 0,
    );
  });
  afterAll(() => app.stop());

  it('R01 R02 accepts events of a tenant and raises alerts that name their rule, its author and the events', async () => {
    const { items } = await get<Listed<AlertItem>>('/api/v1/alerts?limit=500&severity=high&severity=critical');
    expect(items.length).toBeGreaterThan(10);
    for (const alert of items) {
      expect(alert.rule).toMatchObject({ author: 'GATRA project', license: 'Apache-2.0' });
      const event = await get<{ event_id: string; rules: string[] }>(`/api/v1/events/${alert.evidence[0]}`);
      expect(event.event_id).toBe(alert.evidence[0]);
    }
  });

  it('R03 judges every alert, and the contributions add up to the score', async () => {
    const { items } = await get<Listed<AlertItem>>('/api/v1/alerts?limit=20');
    for (const { alert_id, verdict } of items) {
      const explanation = await get<{ score: number; contributions: { points: number }[] }>(`/api/v1/alerts/${alert_id}/explanation`);
      expect(explanation.contributions.reduce((sum, { points }) => sum + points, 0)).toBe(explanation.score);
      expect(explanation.score).toBe(verdict?.score);
    }
  });

  it('R04 answers the incident: what is of low risk has run, the rest waits for a person', async () => {
    const { items } = await get<Listed<ActionItem>>('/api/v1/containment/actions?limit=500');
    for (const { risk, status } of items) expect(status).toBe(risk === 'low' ? 'executed' : 'pending_approval');
    expect(new Set(items.map(({ kind }) => kind))).toEqual(expect.objectContaining(new Set(['notify', 'create_ticket'])));
  });

  it('R07 one correlation id leads from the request to alerts, incident, actions, audit records and log lines', async () => {
    const alerts = await get<Listed<AlertItem>>('/api/v1/alerts?limit=500');
    expect(new Set(alerts.items.map(({ correlation_id }) => correlation_id))).toEqual(new Set([CORRELATION]));
    const actions = await get<Listed<ActionItem>>('/api/v1/containment/actions?limit=500');
    expect(new Set(actions.items.map(({ correlation_id }) => correlation_id))).toEqual(new Set([CORRELATION]));
    const responder = await app.token('acme-corp', 'responder');
    const audit = await get<Listed<AuditItem>>(`/api/v1/audit?limit=500&correlation_id=${CORRELATION}`, responder);
    const recorded = new Set(audit.items.map(({ action }) => action));
    expect([...recorded]).toEqual(expect.arrayContaining(['alerts.raised', 'alerts.triaged', 'incident.opened', 'containment.executed']));
  });

  it('R52 every containment step has its record, in UTC, before and after the effect', async () => {
    const responder = await app.token('acme-corp', 'responder');
    const { items } = await get<Listed<AuditItem>>(
      '/api/v1/audit?limit=500&action=containment.executing&action=containment.executed',
      responder,
    );
    const executed = items.filter(({ action }) => action === 'containment.executed');
    expect(executed.length).toBeGreaterThan(1);
    for (const record of executed) {
      expect(record.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(record.incident_id).toBeDefined();
    }
    expect(items[0]?.action).toBe('containment.executing');
  });

  it('R31 counts all of it, under every name of the documents', async () => {
    const text = await scrape();
    for (const series of [
      'requests_total{path="/api/v1/events",method="POST",status="202"}',
      'request_duration_seconds_bucket{',
      'active_requests ',
      'events_ingested{tenant_id="acme-corp"}',
      'anomalies_detected{tenant_id="acme-corp",severity="high"}',
      'rate_limit_exceeded{tenant_id="acme-corp"} 0',
      'circuit_breaker_state{service="webhook"} 0',
      'triage_completed{tenant_id="acme-corp",classification="',
      'containment_executed{tenant_id="acme-corp",status="executed"}',
    ]) {
      expect(text).toContain(series);
    }
  });

  it('R31 shows what an engineer on call asks for: threads, queues, stores, lag, garbage collection, build, start', async () => {
    await eventually(async () => {
      const text = await scrape();
      for (const series of [
        'event_loop_delay_p50_seconds{thread="main"}',
        'event_loop_delay_p99_seconds{thread="pipeline-0"}',
        'thread_heap_used_bytes{thread="pipeline-0"}',
        'thread_heap_live_bytes{thread="main"}',
        'work_queue_items{kind="triage"} 0',
        'work_queue_oldest_age_seconds{kind="containment.execute"}',
        'inspection_lag_seconds 0',
        'store_operation_duration_seconds_count{store="events",operation="append"}',
        'store_operation_duration_seconds_count{store="cases",operation="commit"}',
        'store_operation_duration_seconds_count{store="platform",operation="select"}',
        'nodejs_gc_duration_seconds_count{kind="',
        'process_start_time_seconds ',
        'build_info{version="0.1.0",commit="unknown",node="24.',
      ]) {
        expect(text).toContain(series);
      }
    });
  });

  it('R31 the documentation lists every metric of ours that a scrape has, and no other', async () => {
    const { rows } = markdownSection('docs/observability.md', 'Metrics');
    const listed = new Set(rows.flatMap(([cell]) => quoted(cell)).map((series) => series.replace(/\{.*/, '')));
    const shown = [...(await scrape()).matchAll(/^# TYPE (\w+) /gm)]
      .map(([, name = '']) => name)
      .filter((name) => !/^(nodejs|process)_/.test(name));
    const elsewhere = ['tls_certificate_expiry_timestamp_seconds', 'lake_lag_seconds', 'lake_troubled_tenants'];
    expect(shown.filter((name) => !listed.has(name))).toEqual([]);
    expect([...listed].filter((name) => !shown.includes(name) && !elsewhere.includes(name))).toEqual([]);
  });

  itWithPromtool('R31 promtool finds nothing wrong with the metrics', async () => {
    expect(faultsOf(await scrape())).toBe('');
  });

  it('R31 the port of the metrics serves metrics and nothing else', async () => {
    const asked = await Promise.all(
      ['/', '/metrics/', '/health/live', '/api/v1/alerts', '/docs'].map(
        async (path) => (await fetch(metricsUrl.replace('/metrics', path))).status,
      ),
    );
    expect(asked).toEqual([404, 404, 404, 404, 404]);
    expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(405);
  });

  it('R30 logs one JSON object a line, with time, level, service and message, and no secret', () => {
    const secrets = [app.bootstrap.platform_admin, ...Object.values(app.bootstrap.tenants).flatMap((tenant) => Object.values(tenant))];
    for (const line of app.printed) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      expect(entry).toMatchObject({
        timestamp: expect.stringMatching(/Z$/),
        level: expect.any(String),
        service: 'gatra',
        message: expect.any(String),
      });
      for (const { api_key: key } of secrets) expect(line).not.toContain(key);
    }
  });

  it('R52 the audit logs verify without the server, and a changed record is named', async () => {
    const gatra = resolve('scripts/gatra.mjs');
    const verify = (...more: string[]): Promise<{ stdout: string }> =>
      run(process.execPath, [gatra, 'audit', 'verify', '--data-dir', app.dataDir, ...more]);
    const whole = await verify();
    expect(whole.stdout).toMatch(/^ok {5}acme-corp: \d+ records/m);
    expect(whole.stdout).toMatch(/^ok {5}platform: \d+ records/m);

    await app.stop({ keep: true });
    const db = new DatabaseSync(join(tenantDirectoryPath(app.dataDir, toTenantId('acme-corp')), 'cases.db'));
    expect(() => db.exec("UPDATE audit_log SET record = '{}' WHERE idx = 4")).toThrow('append-only');
    db.exec('DROP TRIGGER audit_log_no_update');
    db.exec(`UPDATE audit_log SET record = replace(record, '"outcome":"success"', '"outcome":"refused"') WHERE idx = 4`);
    db.close();
    const failure = (await verify('--tenant', 'acme-corp', '--json').catch((error: unknown) => error)) as { code: number; stdout: string };
    expect(failure.code).toBe(1);
    expect(JSON.parse(failure.stdout)).toMatchObject({ log: 'acme-corp', records: 3, fault: { index: 4 } });
  });
});
