import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  ACME,
  batch,
  detection,
  GLOBEX,
  NOON,
  SYSTEM_STAMP,
  temporaryTenants,
  type TemporaryTenants,
} from '../../../../test/contract/alert-store-fixtures.js';
import type { Alert } from '../../../contracts/alert.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { Verdict } from '../../../contracts/verdict.js';
import { CaseFiles } from './case-files.js';
import type { CaseTables } from './case-tables.js';
import { SqliteAlertStore } from './sqlite-alert-store.js';
import { SqliteIncidentStore } from './sqlite-incident-store.js';

const SECRET = 'quetzalcoatl';
const NEWEST = { sort: { by: 'created_at', descending: true }, limit: 50 } as const;
const VERDICT: Verdict = {
  classification: 'malicious',
  score: 80,
  confidence: 0.9,
  reasons: [`a rule matched ${SECRET}`],
  contributions: [{ name: 'rule_level', points: 80, reason: 'the level of the rule' }],
  counterfactuals: [],
  model_version: 'test',
};

describe('encrypted cases', () => {
  let tenants: TemporaryTenants;
  let alerts: SqliteAlertStore;
  let incidents: SqliteIncidentStore;
  beforeEach(() => {
    tenants = temporaryTenants();
    alerts = new SqliteAlertStore(tenants.cases);
    incidents = new SqliteIncidentStore(tenants.cases);
  });
  afterEach(() => tenants.close());

  const raise = async (tenant: TenantId, host = SECRET): Promise<Alert> => {
    const detections = [detection(0, { reason: `${host} ran a command`, entities: [{ type: 'host', value: host }] })];
    await alerts.raise(tenant, { alerts_per_min: 100, now: NOON, batch: batch(`b-${tenant}-${host.length}`), detections });
    const [alert] = await alerts.list(tenant, { ...NEWEST, entity: [host] });
    if (!alert) throw new Error('no alert was raised');
    return alert;
  };
  const bytesOnDisk = (directory = tenants.directory): Buffer =>
    Buffer.concat(
      readdirSync(directory).map((name) => {
        const path = join(directory, name);
        return statSync(path).isDirectory() ? bytesOnDisk(path) : readFileSync(path);
      }),
    );
  const tables = (tenant: TenantId) => tenants.databases.of<CaseTables>(tenant);

  it('R18 hold nothing of what alerts, verdicts and incidents quote in clear, and find it', async () => {
    const alert = await raise(ACME);
    await incidents.settle(ACME, [{ alert, verdict: VERDICT }], SYSTEM_STAMP);
    const [incident] = await incidents.list(ACME, { ...NEWEST, entity: [`host:${SECRET}`] });
    expect(incident?.title).toContain(SECRET);
    expect((await alerts.find(ACME, alert.alert_id))?.verdict).toEqual(VERDICT);
    expect(await alerts.list(ACME, { ...NEWEST, entity: ['another'] })).toEqual([]);
    expect(bytesOnDisk().includes(SECRET)).toBe(false);
  });

  it('R18 open in their own place only: not in another row, not in another tenant’s database', async () => {
    const [alert, other, stranger] = [await raise(ACME), await raise(ACME, 'ws-2'), await raise(GLOBEX)];
    const [acme, globex] = [await tables(ACME), await tables(GLOBEX)];
    const document = (await acme.selectFrom('alert').select('document').where('alert_id', '=', alert.alert_id).executeTakeFirstOrThrow())
      .document;
    await acme.updateTable('alert').set({ document }).where('alert_id', '=', other.alert_id).execute();
    await globex.updateTable('alert').set({ document }).where('alert_id', '=', stranger.alert_id).execute();
    await expect(alerts.find(ACME, other.alert_id)).rejects.toThrow();
    await expect(alerts.find(GLOBEX, stranger.alert_id)).rejects.toThrow();
    expect((await alerts.find(ACME, alert.alert_id))?.reason).toContain(SECRET);
  });

  it('R18 hide who is who between tenants: one host has another key in each', async () => {
    await raise(ACME);
    await raise(GLOBEX);
    const keys = await Promise.all(
      [ACME, GLOBEX].map(async (tenant) => (await tables(tenant)).selectFrom('alert_entity').select('entity').executeTakeFirstOrThrow()),
    );
    expect(keys[0]?.entity).not.toBe(keys[1]?.entity);
  });

  it('R18 still show and find what was stored before there were keys', async () => {
    const clear = new SqliteAlertStore(new CaseFiles(tenants.databases, { of: async () => undefined }));
    const detections = [detection(0, { entities: [{ type: 'host', value: 'old-host' }] })];
    await clear.raise(ACME, { alerts_per_min: 100, now: NOON, batch: batch('old'), detections });
    const found = await alerts.list(ACME, { ...NEWEST, entity: ['old-host'] });
    expect(found).toEqual(await clear.list(ACME, NEWEST));
    expect(found).toHaveLength(1);
  });
});
