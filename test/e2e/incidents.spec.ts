import { randomUUID } from 'node:crypto';
import type { Detection } from '../../src/contracts/detection.js';
import { detection } from '../contract/alert-store-fixtures.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { callerOf, raiseAndTriage } from './alerts-support.js';

type Caller = Awaited<ReturnType<typeof callerOf>>;

describe('incidents', () => {
  let app: RunningApp;
  let analyst: Caller;
  let stranger: Caller;

  const on = (index: number, minutes: number, tactic: string, ...hosts: string[]): Detection =>
    detection(index, {
      minutes,
      severity: 'critical',
      rule: { ...detection(0).rule, id: `rule-${tactic}`, level: 'critical' },
      tactics: [tactic],
      entities: hosts.map((value) => ({ type: 'host', value })),
    });

  beforeAll(async () => {
    app = await startApp();
    analyst = await callerOf(app, 'acme-corp', 'analyst');
    stranger = await callerOf(app, 'globex', 'analyst');
    await raiseAndTriage(app, 'acme-corp', 'b1', [
      on(0, 0, 'initial-access', 'ws-17'),
      on(1, 20, 'credential-access', 'ws-17'),
      on(2, 50, 'lateral-movement', 'ws-17', 'file01'),
      on(3, 10, 'discovery', 'ws-99'),
      on(4, 10, 'impact', 'ws-55'),
    ]);
  });
  afterAll(() => app.close());

  const incidentOn = async (host: string) => (await analyst.get(`/api/v1/incidents?entity=host:${host}`).expect(200)).body.items[0];

  it('tell what belongs together, as a sentence, with tactics in kill-chain order', async () => {
    const { body } = await analyst.get('/api/v1/incidents').expect(200);
    expect(body.items).toHaveLength(3);
    const story = await incidentOn('ws-17');
    expect(story).toMatchObject({
      title: expect.stringMatching(/^Initial access, credential access and lateral movement on (file01, ws-17|ws-17, file01)$/),
      kind: 'lateral-movement',
      status: 'open',
      tactics: ['initial-access', 'credential-access', 'lateral-movement'],
      techniques: ['T1059.001'],
      alert_count: 3,
      first_event_at: '2025-03-01T12:00:00.000Z',
      last_event_at: '2025-03-01T12:50:00.000Z',
      correlation_id: 'req-b1',
    });
    expect((await analyst.get(`/api/v1/alerts?incident_id=${story.incident_id}`)).body.items).toHaveLength(3);
    expect((await analyst.get('/api/v1/incidents?tactic=impact&kind=impact&technique=T1059')).body.items).toHaveLength(1);
    expect((await analyst.get('/api/v1/incidents?status=closed')).body.items).toEqual([]);
    await analyst.get('/api/v1/incidents?status=lost').expect(422);
  });

  it('tell their story in pages, oldest first, with the steps taken', async () => {
    const { incident_id } = await incidentOn('ws-17');
    const { body: whole } = await analyst.get(`/api/v1/incidents/${incident_id}/timeline?limit=500`).expect(200);
    expect(whole.items.slice(0, 3).map((item: { tactics: string[] }) => item.tactics[0])).toEqual([
      'initial-access',
      'credential-access',
      'lateral-movement',
    ]);
    expect(whole.items[3]).toMatchObject({ kind: 'step', title: 'Incident opened', actor: 'mssp' });
    const paged = [];
    for (let cursor = ''; ;) {
      const { body } = await analyst.get(`/api/v1/incidents/${incident_id}/timeline?limit=2${cursor}`).expect(200);
      paged.push(...body.items);
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(paged).toEqual(whole.items);
  });

  it('are changed by who read the present version, along the allowed ways', async () => {
    const { incident_id, version } = await incidentOn('ws-99');
    const path = `/api/v1/incidents/${incident_id}`;
    await analyst.patch(path, { status: 'in_progress' }).expect(422);
    await analyst.patch(path, { status: 'merged', version }).expect(422);
    const { body } = await analyst.patch(path, { status: 'in_progress', assignee: 'ana', version }).expect(200);
    expect(body).toMatchObject({ status: 'in_progress', assignee: 'ana', version: version + 1 });
    await analyst.patch(path, { status: 'closed', version }).expect(409);
    await (await callerOf(app, 'acme-corp', 'viewer')).patch(path, { status: 'closed', version: version + 1 }).expect(403);
  });

  it('R22 answer the same for what is missing, malformed or another tenant’s', async () => {
    const own = await incidentOn('ws-17');
    const ids = [own.incident_id, randomUUID(), 'x', '%00'];
    for (const rest of ['', '/timeline']) {
      const bodies = [];
      for (const id of ids)
        bodies.push((await stranger.get(`/api/v1/incidents/${id}${rest}`).set('X-Correlation-ID', 'same').expect(404)).body);
      expect(new Set(bodies.map((body) => JSON.stringify({ ...body, instance: '' }))).size).toBe(1);
    }
    for (const id of ids) {
      await stranger.patch(`/api/v1/incidents/${id}`, { status: 'closed', version: 1 }).expect(404);
      await stranger.post(`/api/v1/incidents/${id}/merge`, { incident_ids: [own.incident_id], version: 1 }).expect(404);
    }
    expect((await stranger.get('/api/v1/incidents')).body.items).toEqual([]);
  });

  it('are merged by a person, once; what is not there or another tenant’s is refused', async () => {
    const into = await incidentOn('ws-17');
    const other = await incidentOn('ws-55');
    const path = `/api/v1/incidents/${into.incident_id}/merge`;
    await raiseAndTriage(app, 'globex', 'b9', [on(0, 0, 'impact', 'ws-1')]);
    const { body: foreign } = await stranger.get('/api/v1/incidents');
    await analyst.post(path, { incident_ids: [foreign.items[0].incident_id], version: into.version }).expect(404);
    await analyst.post(path, { incident_ids: [into.incident_id], version: into.version }).expect(422);
    await analyst.post(path, { incident_ids: [], version: into.version }).expect(422);
    await analyst.post(path, { incident_ids: [other.incident_id], version: into.version + 7 }).expect(409);
    const { body: merged } = await analyst.post(path, { incident_ids: [other.incident_id], version: into.version }).expect(200);
    expect(merged).toMatchObject({ incident_id: into.incident_id, alert_count: 4, kind: 'impact', version: into.version + 1 });
    const { body: gone } = await analyst.get(`/api/v1/incidents/${other.incident_id}`).expect(200);
    expect(gone).toMatchObject({ status: 'merged', merged_into: into.incident_id, alert_count: 0 });
    const { body: conflict } = await analyst.post(path, { incident_ids: [other.incident_id], version: merged.version }).expect(409);
    expect(conflict).toMatchObject({ type: '/problems/conflict', merged_into: into.incident_id });
    await analyst.patch(`/api/v1/incidents/${other.incident_id}`, { status: 'open', version: gone.version }).expect(409);
    const { body: timeline } = await analyst.get(`/api/v1/incidents/${into.incident_id}/timeline?limit=500`).expect(200);
    expect(timeline.items.filter((item: { kind: string }) => item.kind === 'alert')).toHaveLength(4);
    expect(timeline.items.map((item: { title: string }) => item.title)).toContain('Incident merged');
  });

  it('have their containment planned', async () => {
    const { incident_id } = await incidentOn('file01');
    const { body } = await analyst.get(`/api/v1/containment/actions?incident_id=${incident_id}`).expect(200);
    expect(body.items.length).toBeGreaterThan(0);
  });
});
