import { Logger } from '@nestjs/common';
import type { Alert } from '../../contracts/alert.js';
import type { TenantId } from '../../contracts/tenant.js';
import { TriageAgent } from '../../contracts/triage-agent.js';
import type { Verdict } from '../../contracts/verdict.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { NoTracing } from '../../platform/observability/tracing/no-tracing.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import { ACME, batch, detection, NOON, temporaryTenants } from '../../../test/contract/alert-store-fixtures.js';
import { SqliteAlertStore } from './adapters/sqlite-alert-store.js';
import { SqliteIncidentStore } from './adapters/sqlite-incident-store.js';
import { TriageHandler } from './triage.handler.js';

/** Judges everything alike; away while told so. */
class FakeTriageAgent extends TriageAgent {
  away = false;
  asked = 0;

  async assess(_tenant: TenantId, _alert: Alert): Promise<Verdict> {
    this.asked += 1;
    if (this.away) throw new Error('away');
    return {
      classification: 'malicious',
      score: 80,
      confidence: 1,
      reasons: [],
      contributions: [],
      counterfactuals: [],
      model_version: 'fake',
    };
  }
}

describe('TriageHandler', () => {
  beforeAll(() => Logger.overrideLogger(false));
  const tenants = temporaryTenants();
  afterAll(() => tenants.close());

  it('drops nothing while the agent is away, and judges each alert once', async () => {
    const alerts = new SqliteAlertStore(tenants.cases);
    const incidents = new SqliteIncidentStore(tenants.cases);
    const agent = new FakeTriageAgent();
    const metrics = new Metrics();
    const events = new BusinessEvents(metrics);
    const handler = new TriageHandler({
      alerts,
      incidents,
      agent,
      clock: new SystemClock(),
      events,
      tracing: new NoTracing(),
      wake: () => undefined,
    });
    await alerts.raise(ACME, { alerts_per_min: 100, now: NOON, batch: batch('b1'), detections: [detection(0), detection(1)] });
    const sort = { by: 'created_at', descending: true } as const;
    const items = (await alerts.list(ACME, { sort, limit: 10 })).map((alert) => ({
      kind: 'triage',
      key: alert.alert_id,
      payload: {},
      correlation_id: 'req-b1',
      attempts: 0,
    }));

    agent.away = true;
    await expect(handler.handle(ACME, items)).rejects.toThrow('away');
    expect(await alerts.list(ACME, { sort, limit: 10, status: ['new'] })).toHaveLength(2);

    agent.away = false;
    await handler.handle(ACME, [
      ...items,
      { ...items[0], kind: 'triage', key: 'not there', payload: {}, correlation_id: 'x', attempts: 0 },
    ]);
    expect(await alerts.list(ACME, { sort, limit: 10, status: ['triaged'], classification: ['malicious'] })).toHaveLength(2);
    expect(await incidents.list(ACME, { sort, limit: 10 })).toMatchObject([{ alert_count: 2 }]);

    const asked = agent.asked;
    await handler.handle(ACME, items);
    expect(agent.asked).toBe(asked);
    expect((await metrics.triageCompleted.get()).values).toMatchObject([{ value: 2, labels: { classification: 'malicious' } }]);
  });
});
