import type { AuditRecord } from '../../src/platform/audit/audit-record.js';
import type { AuditMark } from '../../src/platform/audit/audited.decorator.js';
import { AuditedDeeds } from '../support/audited-deeds.js';
import { STAYS_IN_SERVICE } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

interface Marked {
  readonly name: string;
  readonly mark: AuditMark | undefined;
}

const READING = /^GET /;
/** Methods that change something elsewhere; these answer and keep nothing. Whoever adds one here has decided so. */
const ASKING = ['POST /api/v1/rule-liveness', 'POST /api/v1/triage', 'POST /api/v1/triage/batch'];
const DRAIN = 'POST /admin/drain';
const UTC_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('the audit log and every operation of the API document', () => {
  let app: RunningApp;
  let marked: readonly Marked[];
  let deeds: AuditedDeeds;
  beforeAll(async () => {
    app = await startApp({ env: STAYS_IN_SERVICE });
    const document = (await (await fetch(`${app.baseUrl}/docs-json`)).json()) as {
      paths: Record<string, Record<string, { 'x-audit'?: AuditMark }>>;
    };
    marked = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, mark: operation['x-audit'] })),
    );
    deeds = await AuditedDeeds.of(app);
  });
  afterAll(() => app.close());

  /** Records of a request in every log, in their order, of those who ask; what the platform itself does because of it stands beside them. */
  const recordsOf = async (correlationId: string): Promise<readonly AuditRecord[]> => {
    const platform = await read(`/admin/audit?limit=500&correlation_id=${correlationId}`, 'platform');
    const tenants = ['acme-corp', 'globex'].map((tenant) => read(`/api/v1/audit?limit=500&correlation_id=${correlationId}`, tenant));
    const all = [platform, ...(await Promise.all(tenants))].flat();
    return all.filter(({ actor, action }) => actor.type !== 'system' && action !== 'feedback.learned');
  };
  const tokens = new Map<string, Promise<string>>();
  const read = async (path: string, of: string): Promise<readonly AuditRecord[]> => {
    const token = tokens.get(of) ?? (of === 'platform' ? app.token('platform') : app.token(of, 'tenant_admin'));
    tokens.set(of, token);
    const answer = await app.http
      .get(path)
      .auth(await token, { type: 'bearer' })
      .expect(200);
    return answer.body.items as AuditRecord[];
  };

  it('AUD-05 every operation says what it writes down, and what reads says that it writes nothing', () => {
    expect(marked.length).toBeGreaterThan(70);
    expect(marked.filter(({ mark }) => mark === undefined)).toEqual([]);
    const silent = marked.filter(({ mark }) => mark !== undefined && 'none' in mark).map(({ name }) => name);
    expect(silent.filter((name) => !READING.test(name))).toEqual(ASKING);
  });

  it('AUD-05 every operation that changes something leaves exactly the records that the document promises', async () => {
    const promising = marked.flatMap(({ name, mark }) => (mark === undefined || 'none' in mark ? [] : [{ name, mark }]));
    const inOrder = [...promising.filter(({ name }) => name !== DRAIN), ...promising.filter(({ name }) => name === DRAIN)];
    const faults: unknown[] = [];
    for (const [index, { name, mark }] of inOrder.entries()) {
      const correlationId = `aud-05-${index}`;
      const answer = await deeds.do(name, correlationId);
      if (answer.status >= 300) {
        faults.push([name, answer]);
        continue;
      }
      const places = mark.logs.map((log) => (log === 'platform' ? log : name === 'POST /api/v1/events' ? 'globex' : 'acme-corp'));
      const promised = 'actions' in mark ? places.flatMap((log) => mark.actions.map((action) => `${log} ${action}`)) : [];
      const isKept = (records: readonly AuditRecord[]): void => {
        const found = records.map(({ tenant_id, action }) => `${tenant_id} ${action}`);
        if ('actions' in mark) expect([name, ...found.sort()]).toEqual([name, ...promised.sort()]);
        else
          expect([name, found.length, mark.one_of.map((action) => `${places[0]} ${action}`)]).toEqual([
            name,
            1,
            expect.arrayContaining(found),
          ]);
      };
      await eventually(async () => isKept(await recordsOf(correlationId))).catch((error: unknown) => faults.push(String(error)));
      for (const record of await recordsOf(correlationId)) {
        expect([name, record]).toEqual([name, expect.objectContaining({ outcome: 'success', source_ip: '127.0.0.1' })]);
        expect([name, record.actor.id, record.actor.type]).toEqual([
          name,
          expect.stringMatching(/./),
          expect.stringMatching(/person|collector|service/),
        ]);
        expect([name, record.target.type, record.target.id]).toEqual([name, expect.stringMatching(/./), expect.stringMatching(/./)]);
        expect(record.timestamp).toMatch(UTC_MS);
      }
    }
    expect(faults).toEqual([]);
    process.stdout.write(`AUD-05 ${marked.length} operations marked, ${inOrder.length} done once and found in the log\n`);
  });

  it('AUD-05 what says that it writes nothing writes nothing', async () => {
    for (const name of ASKING) {
      expect([name, (await deeds.do(name, 'aud-05-none')).status]).toEqual([name, 200]);
    }
    expect(await recordsOf('aud-05-none')).toEqual([]);
  });
});
