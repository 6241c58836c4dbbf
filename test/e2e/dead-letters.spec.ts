import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { DeadLetterCensus } from '../../src/platform/dead-letters/dead-letter-census.js';
import { enqueueWork } from '../../src/platform/work-queue/enqueue-work.js';
import { WorkHandler, type WorkItem } from '../../src/platform/work-queue/work-item.js';
import { WorkRunner } from '../../src/platform/work-queue/work-runner.js';
import type { WorkTables } from '../../src/platform/work-queue/work-tables.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const [ACME, GLOBEX] = [toTenantId('acme-corp'), toTenantId('globex')];

/** Work of the test's own, which can be broken, mended, and held. */
class TestWork extends WorkHandler {
  readonly kind = 'test.work';
  override readonly batchSize = 20;
  readonly effects: string[] = [];
  broken = true;
  held: Promise<void> | undefined;

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    await this.held;
    for (const { key, payload } of items) {
      if (this.broken && key.startsWith('bad')) throw new Error('cannot be done yet');
      if ('v1' in payload && !this.broken) throw new Error('an older form that is read no more');
    }
    this.effects.push(...items.map(({ key, correlation_id }) => `${tenant} ${key} ${correlation_id}`));
  }
}

describe('dead letters', () => {
  let app: RunningApp;
  let work: TestWork;
  let operator: string;
  beforeAll(async () => {
    app = await startApp();
    operator = `Bearer ${await app.token('platform')}`;
    work = new TestWork();
    app.app.get(WorkRunner, { strict: false }).register(work);
  });
  afterAll(() => app.close());

  const database = (tenant: TenantId) => app.app.get(TenantDatabases, { strict: false }).of<WorkTables>(tenant);
  const runner = (): WorkRunner => app.app.get(WorkRunner, { strict: false });
  const enqueue = async (tenant: TenantId, keys: readonly string[], payload: object = { note: 'as it came' }): Promise<void> => {
    const items = keys.map((key) => ({ kind: work.kind, key, payload: { ...payload }, correlation_id: `req-${key}` }));
    await (await database(tenant)).transaction().execute((trx) => enqueueWork(trx, items, Date.now()));
    runner().wake(tenant);
    await runner().idle(tenant);
  };
  /** Work that has failed seven times before fails once more. */
  const bury = async (tenant: TenantId, keys: readonly string[], payload?: object): Promise<void> => {
    work.broken = true;
    await enqueue(tenant, keys, payload);
    await (await database(tenant)).updateTable('work_item').set({ attempts: 7, not_before: 0 }).where('key', 'in', keys).execute();
    runner().wake(tenant);
    await eventually(async () => {
      const rows = await (await database(tenant)).selectFrom('work_item').select('state').where('key', 'in', keys).execute();
      runner().wake(tenant);
      expect(rows.map(({ state }) => state)).toEqual(keys.map(() => 'dead'));
    });
  };
  const get = (path: string, token = operator) => app.http.get(`/admin/dead-letters${path}`).set('Authorization', token);
  const post = (path: string, token = operator) => app.http.post(`/admin/dead-letters${path}`).set('Authorization', token);
  const remove = (path: string, token = operator) => app.http.delete(`/admin/dead-letters${path}`).set('Authorization', token);
  type Letter = Record<'dead_letter_id' | 'key' | 'tenant_id' | 'state', string>;
  const lettersOf = async (query: string): Promise<Letter[]> => (await get(query).expect(200)).body.items as Letter[];
  const idOf = async (key: string): Promise<string> =>
    (await lettersOf('?kind=test.work&limit=500')).find((letter) => letter.key === key)?.dead_letter_id ?? '';
  const effectsOf = (key: string): string[] => work.effects.filter((effect) => effect.includes(` ${key} `));
  const audited = async (tenant: string, action: string): Promise<{ target: { id: string }; comments?: string; actor: object }[]> =>
    (
      await app.http
        .get(`/api/v1/audit?action=${action}&limit=500`)
        .set('Authorization', `Bearer ${await app.token(tenant, 'tenant_admin')}`)
    ).body.items;

  it('R46 DUR-10 are listed with why, how often and when, and shown with the original', async () => {
    await bury(ACME, ['bad-1', 'bad-2']);
    await bury(GLOBEX, ['bad-3']);
    const all = await lettersOf('?kind=test.work');
    expect(all.map(({ tenant_id, key, state }) => [tenant_id, key, state])).toEqual([
      ['acme-corp', 'bad-1', 'dead'],
      ['acme-corp', 'bad-2', 'dead'],
      ['globex', 'bad-3', 'dead'],
    ]);
    const shown = (await get(`/${await idOf('bad-1')}`).expect(200)).body;
    expect(shown).toMatchObject({
      kind: 'test.work',
      reason: 'cannot be done yet',
      attempts: 8,
      correlation_id: 'req-bad-1',
      traceparent: null,
    });
    expect(shown.original).toBe('{"note":"as it came"}');
    expect(Date.parse(shown.first_failed_at)).toBeLessThanOrEqual(Date.parse(shown.last_failed_at));
    expect((await lettersOf('?tenant_id=globex')).map(({ key }) => key)).toEqual(['bad-3']);
    expect(await lettersOf('?kind=triage')).toEqual([]);
    expect((await lettersOf('?kind=triage&kind=test.work')).map(({ key }) => key)).toEqual(['bad-1', 'bad-2', 'bad-3']);
    expect((await lettersOf('?tenant_id=globex&tenant_id=acme-corp')).map(({ key }) => key)).toEqual(['bad-1', 'bad-2', 'bad-3']);
    expect(await lettersOf(`?kind=test.work&to=${shown.first_failed_at}`)).toEqual([]);
    expect(await lettersOf(`?kind=test.work&from=${shown.first_failed_at}`)).toHaveLength(3);
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await get(`?kind=test.work&limit=1${cursor}`).expect(200);
      paged.push(...(body.items as Letter[]).map(({ key }) => key));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(paged).toEqual(['bad-1', 'bad-2', 'bad-3']);
    await get('?tenant_id=no-such-tenant').expect(404);
    await get('?tenant_id=globex&tenant_id=no-such-tenant').expect(404);
    await app.app.get(DeadLetterCensus, { strict: false }).take();
    const metrics = (await app.http.get('/metrics').set('Authorization', operator)).text;
    expect(metrics).toMatch(/^dead_letters_kept 3$/m);
    expect(metrics).toMatch(/^dead_letters_oldest_age_seconds \d/m);
  }, 60_000);

  it('R46 DUR-10 one is replayed once, however often and by however many it is asked for, and keeps its ids', async () => {
    const id = await idOf('bad-1');
    work.broken = false;
    const gate = Promise.withResolvers<void>();
    work.held = gate.promise;
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(`/${id}/replay`)));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    const won = answers.find(({ status }) => status === 200)?.body;
    expect(won).toMatchObject({ dead_letter_id: id, correlation_id: 'req-bad-1' });
    for (const { status, body } of answers) {
      if (status !== 409) continue;
      expect(['waiting', 'running']).toContain(body.current_state);
      expect(body.state).toBe(body.current_state);
    }
    await eventually(async () => expect((await get(`/${id}`).expect(200)).body.state).toBe('running'));
    await remove(`/${id}?reason=gone`).expect(409);
    gate.resolve();
    work.held = undefined;
    await eventually(async () => expect(effectsOf('bad-1')).toEqual(['acme-corp bad-1 req-bad-1']));
    await eventually(async () => expect((await post(`/${id}/replay`).expect(409)).body.state).toBe('done'));
    await get(`/${id}`).expect(404);
    const records = (await audited('acme-corp', 'dead_letter.replayed')).filter(({ target }) => target.id === id);
    expect(records).toMatchObject([{ actor: { id: 'admin@platform' } }]);
  }, 60_000);

  it('DUR-10 a replay that cannot be done yet is a dead letter of the same id again', async () => {
    const id = await idOf('bad-2');
    work.broken = true;
    await post(`/${id}/replay`).expect(200);
    await eventually(async () => expect((await get(`/${id}`).expect(200)).body).toMatchObject({ state: 'waiting', attempts: 1 }));
    await (await database(ACME)).updateTable('work_item').set({ attempts: 7, not_before: 0 }).where('key', '=', 'bad-2').execute();
    await eventually(async () => {
      runner().wake(ACME);
      expect((await get(`/${id}`).expect(200)).body).toMatchObject({ state: 'dead', attempts: 8 });
    });
  }, 60_000);

  it('DUR-10 all of a kind are replayed during live traffic, one after another, each once', async () => {
    const keys = Array.from({ length: 30 }, (_, n) => `bad-many-${String(n).padStart(2, '0')}`);
    await bury(ACME, keys);
    work.broken = false;
    const begun = Date.now();
    const [{ body: first }, { body: second }] = await Promise.all([post('/replay?kind=test.work'), post('/replay?kind=test.work')]);
    expect(first.replayed + second.replayed).toBe(keys.length + 2);
    expect([first.remaining, second.remaining]).toContain(0);
    const until = Math.max(...[first.until, second.until].map((time: string | null) => Date.parse(time ?? '1970-01-01')));
    expect(until - begun).toBeGreaterThanOrEqual(keys.length * 50);
    const live = Array.from({ length: 20 }, (_, n) => `live-${n}`);
    for (const key of live) await enqueue(ACME, [key]);
    await eventually(async () => expect(keys.filter((key) => effectsOf(key).length === 0)).toEqual([]));
    expect([...keys, ...live].filter((key) => effectsOf(key).length !== 1)).toEqual([]);
    expect(await lettersOf('?kind=test.work')).toEqual([]);
    await post('/replay?kind=test.work&tenant_id=no-such-tenant').expect(404);
    await post('/replay').expect(422);
    expect((await post('/replay?kind=no.such.kind').expect(200)).body).toEqual({
      replayed: 0,
      remaining: 0,
      until: null,
      left_out: [],
    });
  }, 60_000);

  it('DUR-10 what was made before a change of form is kept as it came, and can be replayed again', async () => {
    await bury(ACME, ['bad-old'], { v1: true });
    const id = await idOf('bad-old');
    work.broken = false;
    await post(`/${id}/replay`).expect(200);
    await eventually(async () =>
      expect((await get(`/${id}`).expect(200)).body).toMatchObject({
        reason: 'an older form that is read no more',
        original: '{"v1":true}',
      }),
    );
    expect(effectsOf('bad-old')).toEqual([]);
  }, 60_000);

  it('R46 one is discarded for a reason that stands in the tenant’s audit log', async () => {
    await bury(GLOBEX, ['bad-useless']);
    const id = await idOf('bad-useless');
    await remove(`/${id}?reason=`).expect(422);
    await remove(`/${id}?reason=not%20needed`).expect(204);
    expect((await remove(`/${id}?reason=again`).expect(409)).body).toMatchObject({ state: 'discarded', current_state: 'discarded' });
    expect((await post(`/${id}/replay`).expect(409)).body.state).toBe('discarded');
    await get(`/${id}`).expect(404);
    expect(await audited('globex', 'dead_letter.discarded')).toMatchObject([{ target: { id }, comments: 'not needed' }]);
    expect(effectsOf('bad-useless')).toEqual([]);
  }, 60_000);

  it('R46 one is discarded without a word of why, and the audit log says who did it', async () => {
    await bury(GLOBEX, ['bad-unexplained']);
    const id = await idOf('bad-unexplained');
    await remove(`/${id}`).expect(204);
    const records = (await audited('globex', 'dead_letter.discarded')).filter(({ target }) => target.id === id);
    expect(records).toMatchObject([{ actor: { id: 'admin@platform' } }]);
    expect(records[0]?.comments ?? null).toBeNull();
  }, 60_000);

  it('DUR-10 whoever is not an operator is refused, and what is unknown is missing', async () => {
    await bury(GLOBEX, ['bad-last']);
    const id = await idOf('bad-last');
    const before = await get(`/${id}`).expect(200);
    for (const tenant of ['acme-corp', 'globex']) {
      for (const role of ['viewer', 'analyst', 'responder', 'tenant_admin']) {
        const token = `Bearer ${await app.token(tenant, role)}`;
        const asked = [get('', token), get(`/${id}`, token), post(`/${id}/replay`, token), post('/replay?kind=test.work', token)];
        const answers = await Promise.all([...asked, remove(`/${id}?reason=mine`, token)]);
        expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
      }
    }
    const foreign = id.replace('globex', 'acme-corp');
    for (const unknown of [foreign, 'globex.f0e1d2c3-0000-7000-8000-000000000000', 'nobody.f0e1d2c3-0000-7000-8000-000000000000', 'x']) {
      await get(`/${unknown}`).expect(404);
      await post(`/${unknown}/replay`).expect(404);
      await remove(`/${unknown}?reason=none`).expect(404);
    }
    expect((await get(`/${id}`).expect(200)).body).toEqual(before.body);
  }, 60_000);
});
