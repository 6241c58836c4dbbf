import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const RULE = `title: Marked event
id: 2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a01
status: test
author: tests
logsource: { product: windows }
detection: { selection: { marker: 'rule-me' }, condition: selection }
level: high
`;

type Step = 'before the call has an effect' | 'after the effect, before it is answered' | 'after the answer, before it is recorded';
const STEPS: readonly Step[] = [
  'before the call has an effect',
  'after the effect, before it is answered',
  'after the answer, before it is recorded',
];

/** A firewall that keeps its own log of what it did, and knows a command again by its key. Something may happen at a step of a call. */
class Firewall {
  readonly calls: string[] = [];
  readonly effects: string[] = [];
  at: ((step: Step, key: string) => void | Promise<void>) | undefined;
  private readonly server: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      void (async () => {
        const key = String(request.headers['idempotency-key']);
        this.calls.push(key);
        await this.at?.('before the call has an effect', key);
        if (!this.effects.includes(key)) this.effects.push(key);
        await this.at?.('after the effect, before it is answered', key);
        response.end();
        await this.at?.('after the answer, before it is recorded', key);
      })();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/commands`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('containment across killed processes', () => {
  let app: BuiltApp;
  let rules: string;
  const firewall = new Firewall();
  beforeAll(async () => {
    rules = mkdtempSync(join(tmpdir(), 'gatra-rules-'));
    writeFileSync(join(rules, 'marked.yml'), RULE);
    const url = await firewall.listen();
    app = await BuiltApp.start({ env: { GATRA_RULES: rules, OUTBOUND_ALLOW: '127.0.0.0/8' } });
    await ask('PATCH', '/api/v1/tenants/acme-corp', await app.token('platform'), { webhooks: { actuator_url: url } });
  }, 60_000);
  afterAll(async () => {
    await app?.stop();
    firewall.close();
    rmSync(rules, { recursive: true, force: true });
  });

  type Body = Readonly<Record<string, unknown>>;
  const ask = async (method: string, path: string, token: string, body?: object): Promise<Body> => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const answer = await fetch(app.baseUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    expect([method, path, answer.ok, answer.ok || text]).toEqual([method, path, true, true]);
    return JSON.parse(text) as Body;
  };
  const as = (role: string): Promise<string> => app.token('acme-corp', role);

  const incident = async (): Promise<string> => {
    await ask('POST', '/api/v1/events', await as('analyst'), {
      source: 'windows',
      events: [{ EventID: 1, Computer: 'ws-1', marker: 'rule-me' }],
    });
    let found = '';
    await eventually(async () => {
      const { items } = await ask('GET', '/api/v1/incidents?limit=1', await as('analyst'));
      found = String((items as Body[])[0]?.['incident_id']);
      expect(found).toMatch(/-/);
    });
    return found;
  };

  it('DUR-12 killed before the effect, after it, and after its answer: one effect each, and all are executed after the restart', async () => {
    const id = await incident();
    const actions: Body[] = [];
    for (const step of STEPS) {
      const target = { type: 'host', value: `ws-${STEPS.indexOf(step)}.corp.example` };
      const asked = { action: 'isolate_host', target, reason: 'It calls home.' };
      actions.push(await ask('POST', `/api/v1/incidents/${id}/actions`, await as('analyst'), asked));
    }
    const [first, second, third] = actions.map((action) => String(action['action_id']));
    const never = new Promise<void>(() => undefined);
    const reached = new Map([first, second].map((key) => [key, Promise.withResolvers<void>()]));
    const killed = Promise.withResolvers<void>();
    const hold = (key: string | undefined): Promise<void> => {
      reached.get(key)?.resolve();
      return never;
    };
    firewall.at = async (step, key) => {
      if (key === first && step === STEPS[0]) return hold(key);
      if (key === second && step === STEPS[1]) return hold(key);
      if (key === third && step === STEPS[1]) await Promise.all([...reached.values()].map(({ promise }) => promise));
      if (key !== third || step !== STEPS[2]) return undefined;
      firewall.at = undefined;
      await app.kill();
      return killed.resolve();
    };
    const responder = await as('responder');
    for (const { approval_id: approval, digest } of actions) {
      await ask('POST', `/api/v1/approvals/${String(approval)}/approve`, responder, { comments: '', digest });
    }
    await killed.promise;
    expect(firewall.effects).toEqual(expect.arrayContaining([second, third]));
    expect(firewall.effects).not.toContain(first);
    app = await BuiltApp.start({ dataDir: app.dataDir, env: { GATRA_RULES: rules, OUTBOUND_ALLOW: '127.0.0.0/8' } });
    for (const key of [first, second, third]) {
      const path = `/api/v1/containment/actions/${key}`;
      await eventually(async () => expect((await ask('GET', path, await as('viewer')))['status']).toBe('executed'), 60_000);
      expect([key, firewall.effects.filter((effect) => effect === key).length]).toEqual([key, 1]);
      // An attempt calls twice at most, as it repeats a call that is not answered in time; there was one attempt before the kill and one after.
      expect(firewall.calls.filter((call) => call === key).length).toBeLessThanOrEqual(4);
      const trail = `/api/v1/audit?action=containment.executed&target_id=${key}`;
      expect((await ask('GET', trail, await as('responder')))['items']).toHaveLength(1);
    }
  }, 120_000);
});
