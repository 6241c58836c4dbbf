import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';

const SERVICE_API_KEY = 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y';
/** The circuit lets a call through again soon after the service is back. */
const SHORT = { CIRCUIT_BREAKER_SERVICE_RECOVERY_TIMEOUT: '1' };

interface ListedAlert {
  readonly verdict: unknown;
}

describe('TAA as a service of its own', () => {
  let taa: BuiltApp;
  let app: BuiltApp;
  const sent = new SentBatches();

  const startTaa = (port: string): Promise<BuiltApp> => BuiltApp.start({ env: { SERVICE_API_KEY, GATRA_SERVICE_NAME: 'taa', PORT: port } });

  beforeAll(async () => {
    taa = await startTaa('0');
    app = await BuiltApp.start({ env: { SERVICE_API_KEY, TAA_URL: taa.baseUrl, GATRA_RULES: marksRule(), ...SHORT } });
  });
  afterAll(async () => {
    await app.stop({ atOnce: true });
    await taa.stop({ atOnce: true });
  });

  const send = async (): Promise<void> => {
    expect(await sendBatch({ baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') }, sent.next(7))).toBe(202);
  };
  const alerts = async (): Promise<readonly ListedAlert[]> => {
    const headers = { Authorization: `Bearer ${await app.token(TENANT, 'analyst')}` };
    return ((await (await fetch(`${app.baseUrl}/api/v1/alerts`, { headers })).json()) as { items: ListedAlert[] }).items;
  };
  const metric = async (of: BuiltApp, name: RegExp): Promise<number> => {
    const headers = { Authorization: `Bearer ${await of.token('platform')}` };
    return Number(name.exec(await (await fetch(`${of.baseUrl}/metrics`, { headers })).text())?.[1] ?? 0);
  };
  const judged = (of: BuiltApp): Promise<number> =>
    metric(of, /^requests_total\{[^}]*path="\/api\/v1\/triage"[^}]*status="200"[^}]*\} (\d+)$/m);

  it('R06 judges the alerts of another process', async () => {
    await send();
    await eventually(async () => expect(await alerts()).toMatchObject([{ verdict: { classification: expect.any(String) } }]));
    expect(await judged(taa)).toBe(1);
  });

  it('R06 keeps what is to be judged waiting while it is away, as no attempt, and judges it once it is back', async () => {
    const { port } = new URL(taa.baseUrl);
    await taa.kill();
    await send();
    await eventually(async () =>
      expect(app.printed.filter((line) => line.includes('"event":"work.put_off"')).length).toBeGreaterThanOrEqual(2),
    );
    expect((await alerts()).map(({ verdict }) => verdict === null)).toEqual(expect.arrayContaining([true, false]));
    expect(app.printed.filter((line) => line.includes('"event":"work.retry"'))).toEqual([]);
    taa = await startTaa(port);
    await eventually(async () => expect((await alerts()).map(({ verdict }) => verdict === null)).toEqual([false, false]), 20_000);
    expect(await metric(app, /^dead_letters_total\{[^}]*\} (\d+)$/m)).toBe(0);
  });
});
