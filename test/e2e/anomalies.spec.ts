import type { Alert } from '../../src/contracts/alert.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { settled } from './alerts-support.js';

const WATCHED = 'acme-corp';
const OTHER = 'globex';
const START = Date.parse('2026-03-02T00:00:00Z');
const MINUTE = 60_000;
const LEARNED = 720;
const PEOPLE = 60;

interface Logon {
  readonly user: string;
  readonly host: string;
  readonly outcome?: 'success' | 'failure';
}

function lineOf({ user, host, outcome = 'success' }: Logon, time: number): string {
  const event = { action: 'logon', outcome };
  return JSON.stringify({
    '@timestamp': new Date(time).toISOString(),
    ecs: { version: '8.11' },
    event,
    user: { name: user },
    host: { name: host },
  });
}

/** A minute in which eight to twelve of sixty people log on to a few hosts of their own. */
function usualMinute(minute: number, extra: readonly Logon[] = []): string[] {
  const logons = Array.from({ length: 8 + (minute % 5) }, (_, n): Logon => {
    const person = (minute * 37 + n * n * 11 + n) % PEOPLE;
    return {
      user: `user${person}`,
      host: `ws-${(person + ((minute + n) % 3)) % PEOPLE}`,
      outcome: (minute + n) % 50 === 0 ? 'failure' : 'success',
    };
  });
  return [...logons, ...extra].map((logon, n) => lineOf(logon, START + minute * MINUTE + n * 10));
}

describe('anomaly detection over HTTP', () => {
  let app: RunningApp;
  let operator: string;
  beforeAll(async () => {
    app = await startApp();
    operator = await app.token('platform');
    await patch(OTHER, { rate_limits: { ingest_eps: 100_000, alerts_per_min: 1_000 } });
    for (const tenant of [WATCHED, OTHER]) {
      for (let hour = 0; hour < LEARNED; hour += 60) {
        const minutes = Array.from({ length: 60 }, (_, n) => usualMinute(hour + n));
        expect(await send(tenant, minutes.flat())).toMatchObject({ inspected: true });
      }
    }
  });
  afterAll(() => app.close());

  const patch = (tenant: string, change: object) =>
    app.http.patch(`/api/v1/tenants/${tenant}`).auth(operator, { type: 'bearer' }).send(change).expect(200);

  async function send(tenant: string, lines: readonly string[]): Promise<{ batch_id: string; inspected: boolean }> {
    const collector = app.http.post('/api/v1/events').set('X-API-Key', app.apiKey(tenant, 'collector'));
    const { body } = await collector.set('Content-Type', 'application/x-ndjson').send(lines.join('\n')).expect(202);
    return body as { batch_id: string; inspected: boolean };
  }

  const analyst = (tenant: string): Promise<string> => app.token(tenant, 'analyst');

  /** Alerts of anomaly detection. */
  async function anomalies(tenant: string): Promise<Alert[]> {
    await settled(app, tenant);
    const { body } = await app.http
      .get('/api/v1/alerts?limit=200')
      .auth(await analyst(tenant), { type: 'bearer' })
      .expect(200);
    return (body as { items: Alert[] }).items.filter(({ rule }) => rule.id.startsWith('gatra.anomaly.'));
  }

  it('R02 raises an alert that says what was expected and seen, and names the events, for the tenant that has it and for no other', async () => {
    expect(await anomalies(WATCHED)).toEqual([]);
    const spray = Array.from({ length: 300 }, (_, n): Logon => ({ user: 'user7', host: `ws-${n % 40}`, outcome: 'failure' }));
    const minute = usualMinute(LEARNED, spray);
    const [{ batch_id: batch }] = await Promise.all([send(WATCHED, minute), send(OTHER, minute)]);
    const alerts = await anomalies(WATCHED);
    const alert = alerts.find(({ reason }) => reason.includes('of user7'))!;
    expect(alert).toMatchObject({ detector: 'statistical', rule: { id: 'gatra.anomaly.edge-burst', author: 'GATRA project' }, count: 32 });
    const [, seen, expected] = /^failed logons of user7: (\d+) within about a minute seen, ([\d.]+) a minute expected/.exec(alert.reason)!;
    expect(Number(seen)).toBeGreaterThan(200);
    expect(Number(expected)).toBeLessThan(1);
    expect(alert.evidence).toHaveLength(32);
    for (const id of alert.evidence) {
      expect(id).toMatch(new RegExp(`^${batch}\\.`));
      const { body } = await app.http
        .get(`/api/v1/events/${id}`)
        .auth(await analyst(WATCHED), { type: 'bearer' })
        .expect(200);
      expect(body.original.user.name).toBe('user7');
    }
    expect(await anomalies(OTHER)).toEqual([]);
  });

  it('R02 takes the risk that the tenant says, with the next batch, and refuses one out of bounds', async () => {
    for (const anomaly_risk of [0, 1e-7, 0.011, '1e-3']) {
      await app.http.patch(`/api/v1/tenants/${WATCHED}`).auth(operator, { type: 'bearer' }).send({ anomaly_risk }).expect(422);
    }
    const burst = (minute: number, user: number, times: number): string[] =>
      usualMinute(
        minute,
        Array.from({ length: times }, (_, n) => ({ user: `user${user}`, host: `ws-${user + (n % 3)}` })),
      );
    const later: string[] = [];
    const about = async (user: string): Promise<number> =>
      (await anomalies(WATCHED)).filter(({ entities }) => entities.some(({ value }) => value === user)).length;
    for (let minute = LEARNED + 1; minute < LEARNED + 180; minute += 1) later.push(...usualMinute(minute));
    await send(WATCHED, later);
    await patch(WATCHED, { anomaly_risk: 1e-6 });
    await send(WATCHED, burst(LEARNED + 180, 8, 6));
    expect(await about('user8')).toBe(0);
    await patch(WATCHED, { anomaly_risk: 1e-2 });
    await send(WATCHED, burst(LEARNED + 190, 9, 6));
    expect(await about('user9')).toBe(1);
  });
});
