import { detection } from '../contract/alert-store-fixtures.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { callerOf, raiseAndTriage, settled } from './alerts-support.js';

type Caller = Awaited<ReturnType<typeof callerOf>>;

describe('feedback', () => {
  let app: RunningApp;
  let analyst: Caller;
  let responder: Caller;
  let alertIds: string[];

  beforeAll(async () => {
    app = await startApp();
    analyst = await callerOf(app, 'acme-corp', 'analyst');
    responder = await callerOf(app, 'acme-corp', 'responder');
    await raiseAndTriage(
      app,
      'acme-corp',
      'b1',
      [0, 1, 2].map((i) => detection(i)),
    );
    const { body } = await analyst.get('/api/v1/alerts?sort=event_time');
    alertIds = body.items.map((alert: { alert_id: string }) => alert.alert_id);
  });
  afterAll(() => app.close());

  it('R05 is kept, recorded and learned: the next alert of the rule scores lower', async () => {
    const { body: first } = await analyst
      .post(`/api/v1/alerts/${alertIds[0]}/feedback`, { verdict: 'false_positive', comments: 'backup\u0007 job' })
      .expect(200);
    expect(first).toMatchObject({
      alert_id: alertIds[0],
      verdict: 'false_positive',
      comments: 'backup job',
      learned: { false_positives: 1 },
    });
    expect(first.learned.weight).toBeLessThan(1);
    const { body: second } = await responder.post(`/api/v1/alerts/${alertIds[1]}/feedback`, { verdict: 'false_positive' }).expect(200);
    expect(second.learned.weight).toBeLessThan(first.learned.weight);
    await settled(app, 'acme-corp');

    const host = [{ type: 'host', value: 'ws-unrelated' }] as const;
    const rule = { ...detection(0).rule, id: 'rule-without-feedback' };
    await raiseAndTriage(app, 'acme-corp', 'b2', [detection(0, { entities: host }), detection(1, { entities: host, rule })]);
    const scoreOf = async (id: string) =>
      (await analyst.get(`/api/v1/alerts?entity=ws-unrelated&rule_id=${id}`)).body.items[0].verdict.score;
    expect(await scoreOf('rule-1')).toBeLessThan(await scoreOf('rule-without-feedback'));
  });

  it('counts once for the same word, and its last word for each analyst', async () => {
    const path = `/api/v1/alerts/${alertIds[2]}/feedback`;
    const { body: first } = await analyst.post(path, { verdict: 'false_positive' }).expect(200);
    const { body: again } = await analyst.post(path, { verdict: 'false_positive' }).expect(200);
    expect(again).toEqual(first);
    const { body: changed } = await analyst.post(path, { verdict: 'true_positive' }).expect(200);
    expect(changed.feedback_id).not.toBe(first.feedback_id);
    expect(changed.learned).toMatchObject({ true_positives: 1, false_positives: first.learned.false_positives - 1 });
    const { body: audit } = await responder.get(`/api/v1/audit?target_id=${alertIds[2]}`).expect(200);
    expect(audit.items.map((record: { action: string }) => record.action)).toEqual(['alert.feedback_given', 'alert.feedback_given']);
    expect(audit.items[1].details).toMatchObject({ verdict: 'true_positive', replaces: 'false_positive' });
  });

  it('is refused where it is not one of the verdicts, or too long, or from one who only reads', async () => {
    const path = `/api/v1/alerts/${alertIds[0]}/feedback`;
    for (const body of [
      {},
      { verdict: 'maybe' },
      { verdict: 'true_positive', comments: 'x'.repeat(2_001) },
      { verdict: 'true_positive', analyst: 'eve' },
    ]) {
      await analyst.post(path, body).expect(422);
    }
    await (await callerOf(app, 'acme-corp', 'viewer')).post(path, { verdict: 'true_positive' }).expect(403);
  });
});
