import { startApp, type RunningApp } from '../support/running-app.js';

describe('a suspended tenant', () => {
  let running: RunningApp;
  let operator: string;
  beforeAll(async () => {
    running = await startApp();
    operator = await running.token('platform');
  });
  afterAll(() => running.close());

  const turn = async (change: 'suspend' | 'resume'): Promise<{ status: string; version: number }> =>
    (await running.http.post(`/api/v1/tenants/acme-corp/${change}`).auth(operator, { type: 'bearer' }).expect(200)).body as never;

  it('is refused at every door, its block lists included, until it is resumed; doing either twice changes nothing', async () => {
    const admin = await running.token('acme-corp', 'tenant_admin');
    const { body: list } = await running.http.post('/api/v1/edl/ip/credential').auth(admin, { type: 'bearer' }).expect(201);
    const poll = () => running.http.get(list.url as string).auth(list.username as string, list.password as string);
    const send = () =>
      running.http
        .post('/api/v1/events')
        .set('X-API-Key', running.apiKey('acme-corp', 'collector'))
        .send({ source: 'generic', events: [{ message: 'hello' }] });
    await poll().expect(200);
    await send().expect(202);

    const suspended = await turn('suspend');
    expect(suspended.status).toBe('suspended');
    expect(await turn('suspend')).toEqual(suspended);
    await poll().expect(401);
    await send().expect(403);
    await running.http.get('/api/v1/alerts').auth(admin, { type: 'bearer' }).expect(403);

    const resumed = await turn('resume');
    expect(resumed).toMatchObject({ status: 'active', version: suspended.version + 1 });
    expect(await turn('resume')).toEqual(resumed);
    await poll().expect(200);
    await send().expect(202);
  });
});
