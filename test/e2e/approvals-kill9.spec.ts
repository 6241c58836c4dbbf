import { setTimeout as sleep } from 'node:timers/promises';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { BuiltApp } from '../support/built-app.js';

interface Approval {
  readonly approval_id: string;
  readonly digest: string;
  readonly status: string;
  readonly action: {
    readonly action_id: string;
    readonly status: string;
    readonly kind: string;
    readonly target: { readonly value: string };
  };
}

/** Work that a killed process had begun is taken up when its lease of a minute is over. */
const LONGEST_WAIT_MS = 150_000;

describe('approvals across a killed process', () => {
  let app: BuiltApp;
  afterAll(() => app.stop());

  const get = async <T>(path: string, role = 'responder'): Promise<T> => {
    const answer = await fetch(app.baseUrl + path, { headers: { Authorization: `Bearer ${await app.token('acme-corp', role)}` } });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };
  const post = async (path: string, token: string, body: object): Promise<Response> =>
    fetch(app.baseUrl + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const approvals = async (): Promise<readonly Approval[]> => (await get<{ items: Approval[] }>('/api/v1/approvals?limit=500')).items;

  /** An intrusion goes in; answers the approvals once they no longer grow in number. */
  const provoke = async (): Promise<readonly Approval[]> => {
    const attack = [...generateDay({ seed: 5, day: new Date('2026-11-20'), backgroundEvents: 200 })].filter(({ label }) => label.attack);
    for (const source of new Set(attack.map((event) => event.source))) {
      const body = attack
        .filter((event) => event.source === source)
        .map(({ event }) => JSON.stringify(event))
        .join('\n');
      const headers = { 'X-API-Key': app.apiKey('acme-corp', 'collector'), 'Content-Type': 'application/x-ndjson' };
      expect((await fetch(`${app.baseUrl}/api/v1/events?source=${source}`, { method: 'POST', headers, body })).status).toBe(202);
    }
    let [before, found] = [-1, await approvals()];
    while (found.length === 0 || found.length !== before) {
      before = found.length;
      await sleep(500);
      found = await approvals();
    }
    return found;
  };

  const killAndRestart = async (): Promise<void> => {
    await app.kill();
    app = await BuiltApp.start({ dataDir: app.dataDir });
  };

  it(
    'trap.P08-approval-survives-kill9',
    async () => {
      app = await BuiltApp.start();
      const waiting = (await provoke()).filter(({ status }) => status === 'pending');
      expect(waiting.length).toBeGreaterThan(2);
      await killAndRestart();
      expect(await approvals()).toEqual(expect.arrayContaining(waiting));

      const token = await app.token('acme-corp', 'responder');
      const answered: string[] = [];
      const sent = waiting.map(async ({ approval_id: id, digest, action }) => {
        const answer = await post(`/api/v1/approvals/${id}/approve`, token, { comments: '', digest });
        if (answer.status === 200) answered.push(action.action_id);
      });
      await Promise.race(sent);
      await killAndRestart();
      await Promise.allSettled(sent);
      expect(answered.length).toBeGreaterThan(0);

      const giveUp = Date.now() + LONGEST_WAIT_MS;
      const isUnderWay = ({ action }: Approval): boolean => action.status === 'approved' || action.status === 'executing';
      while ((await approvals()).some(isUnderWay) && Date.now() < giveUp) await sleep(500);
      const after = new Map((await approvals()).map((approval) => [approval.action.action_id, approval]));
      for (const id of answered) expect(after.get(id)?.action.status).toBe('executed');

      const { items: executed } = await get<{ items: { target: { id: string } }[] }>('/api/v1/audit?action=containment.executed&limit=500');
      for (const id of answered) expect(executed.filter(({ target }) => target.id === id)).toHaveLength(1);
      const blocked = [...after.values()].filter(({ action }) => action.kind === 'block_ip' && action.status === 'executed');
      const admin = await app.token('acme-corp', 'tenant_admin');
      const credential = (await (await post('/api/v1/edl/ip/credential', admin, {})).json()) as Record<
        'url' | 'username' | 'password',
        string
      >;
      const basic = Buffer.from(`${credential.username}:${credential.password}`).toString('base64');
      const list = await fetch(app.baseUrl + credential.url, { headers: { Authorization: `Basic ${basic}` } });
      const values = new Set(blocked.map(({ action }) => action.target.value));
      expect((await list.text()).split('\n').filter((line) => line !== '')).toEqual([...values].sort());
    },
    LONGEST_WAIT_MS + 60_000,
  );
});
