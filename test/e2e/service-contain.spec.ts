import { randomUUID } from 'node:crypto';
import type { Incident } from '../../src/contracts/incident.js';
import type { Config } from '../../src/platform/config/config.js';
import { CONFIG } from '../../src/platform/config/tokens.js';
import { startContainmentApp, type ContainmentApp } from '../support/containment-app.js';
import { incident } from '../support/containment-rig.js';
import { ServiceCaller } from '../support/service-caller.js';

interface Plan {
  readonly actions: readonly {
    readonly action_id: string;
    readonly status: string;
    readonly approval_id: string | null;
    readonly digest: string;
  }[];
}

const known = (change: Partial<Incident> = {}): Incident => incident({ incident_id: randomUUID(), ...change });

describe('containment that a service asks for', () => {
  let app: ContainmentApp;
  let taa: ServiceCaller;
  let baseUrl: string;
  beforeAll(async () => {
    app = await startContainmentApp();
    baseUrl = await app.app.getUrl();
    taa = await ServiceCaller.of(app.app.get<Config>(CONFIG).dataDir, 'taa');
  });
  afterAll(() => app.close());

  const contain = async (incident_id: string, tenant?: string): Promise<{ status: number; body: Plan & Record<string, unknown> }> => {
    const request = { path: '/api/v1/contain', body: { incident_id }, headers: { 'X-Correlation-ID': 'contain-1' } };
    const answer = await taa.send(baseUrl, { ...request, ...(tenant === undefined ? {} : { tenant }) });
    return { status: answer.status, body: JSON.parse(answer.body) as Plan & Record<string, unknown> };
  };

  it('R13 CRA plans by playbook, once, and what is risky waits for a person', async () => {
    const { incident_id } = app.put(known());
    const first = await contain(incident_id);
    expect(first).toMatchObject({ status: 200, body: { incident_id, playbook: expect.any(String), covered: [] } });
    expect(first.body.actions.filter(({ status }) => status === 'pending_approval')).toHaveLength(4);
    const again = await contain(incident_id);
    expect(again.body.actions.map(({ action_id }) => action_id).sort()).toEqual(
      first.body.actions.map(({ action_id }) => action_id).sort(),
    );
    const audit = await app.get('/api/v1/audit?correlation_id=contain-1&action=containment.asked', 'responder').expect(200);
    expect(audit.body.items[0]).toMatchObject({ actor: { type: 'service', id: 'taa' }, target: { type: 'incident', id: incident_id } });
  });

  it('R13 a service approves nothing, whatever it signs', async () => {
    const { incident_id } = app.put(known({ entities: [{ type: 'host', value: 'lab-ws-77' }] }));
    const { actions } = (await contain(incident_id)).body;
    const { approval_id, digest } = actions.find(({ status }) => status === 'pending_approval') ?? {};
    for (const path of [`/api/v1/approvals/${approval_id ?? ''}/approve`, `/api/v1/incidents/${incident_id}/actions`]) {
      expect((await taa.send(baseUrl, { path, body: { digest, comments: '' } })).status).toBe(401);
    }
  });

  it('R22 an incident is contained for its own tenant, and while it goes on', async () => {
    const { incident_id } = app.put(known());
    expect(await contain(incident_id, 'globex')).toMatchObject({ status: 404 });
    expect(await contain(app.put(known({ status: 'closed' })).incident_id)).toMatchObject({ status: 409 });
    expect(await contain(app.put(known({ status: 'merged', merged_into: incident_id })).incident_id)).toMatchObject({
      status: 409,
      body: { merged_into: incident_id },
    });
  });
});
