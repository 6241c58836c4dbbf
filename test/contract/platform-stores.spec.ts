import { PLATFORM_LOG } from '../../src/platform/audit/audit-log.js';
import type { AuditEntry } from '../../src/platform/audit/audit-record.js';
import { SqliteAuditLog } from '../../src/platform/audit/sqlite-audit-log.js';
import type { StoredApiKey } from '../../src/platform/auth/api-key-store.js';
import { SqliteApiKeyStore } from '../../src/platform/auth/sqlite-api-key-store.js';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import { SqliteTenantKeyStore } from '../../src/platform/encryption/sqlite-tenant-key-store.js';
import { SqliteIdempotencyStore } from '../../src/platform/idempotency/sqlite-idempotency-store.js';
import { SqliteRevocationStore } from '../../src/platform/revocation/sqlite-revocation-store.js';
import { SqliteErasureStore } from '../../src/platform/tenancy/erasure/sqlite-erasure-store.js';
import { SqliteTenantDirectory } from '../../src/platform/tenancy/sqlite-tenant-directory.js';
import { tenantNamed } from '../support/containment-rig.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';
import { ACME, GLOBEX } from './alert-store-fixtures.js';

const AT = '2026-11-21T10:00:00.000Z';
const NOW = Date.parse(AT);
const DEED: AuditEntry = {
  action: 'test.done',
  actor: { type: 'person', id: 'admin@platform' },
  target: { type: 'test', id: 'test' },
  outcome: 'success',
  correlation_id: 'req-1',
};

function key(id: string, more: Partial<StoredApiKey> = {}): StoredApiKey {
  return {
    key_id: id,
    tenant_id: ACME,
    principal: 'ann',
    kind: 'person',
    type: 'live',
    environment: 'production',
    roles: ['analyst'],
    scopes: null,
    allowed_cidrs: [],
    hash: `hash of ${id}`,
    pepper_version: 'v1',
    label: '',
    created_at: AT,
    created_by: 'admin',
    not_before: null,
    expires_at: null,
    revoked_at: null,
    replaced_by: null,
    last_used_at: null,
    last_used_from: null,
    ...more,
  };
}

describeOnEngines('what the platform keeps', (open) => {
  let stores: OpenedStores;
  beforeEach(async () => {
    stores = await open();
  });
  afterEach(() => stores.close());

  it('keeps API keys: found, listed newest first, replaced once, and revoked with what tells others of it', async () => {
    const keys = new SqliteApiKeyStore(stores.platform, new SystemClock(), 5);
    await keys.add(
      [key('a'), key('b'), key('c', { principal: 'bob' }), key('other', { tenant_id: GLOBEX }), key('own', { tenant_id: null })],
      [DEED],
    );
    expect(await keys.find('a')).toEqual(key('a'));
    expect((await keys.list(ACME, { limit: 2 })).map((each) => each.key_id)).toEqual(['c', 'b']);
    expect((await keys.list(ACME, { limit: 2, before: `${AT}b` })).map((each) => each.key_id)).toEqual(['a']);
    expect(await keys.rotate({ keyId: 'a', endsAt: '2099-01-01T00:00:00.000Z' }, key('d'), [DEED])).toBe(true);
    expect(await keys.rotate({ keyId: 'a', endsAt: '2099-01-01T00:00:00.000Z' }, key('e'), [DEED])).toBe(false);
    expect([await keys.revoke(GLOBEX, 'c', AT, DEED), await keys.revoke(ACME, 'c', AT, DEED)]).toEqual([false, true]);
    expect(await keys.revokePrincipal(ACME, 'ann', AT, DEED)).toBe(3);
    const revoked = await new SqliteRevocationStore(stores.platform).since(0, NOW);
    expect(revoked.map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'key'],
      [2, 'key'],
      [3, 'key'],
      [4, 'key'],
      [5, 'person'],
    ]);
    await expect(
      keys
        .add(
          Array.from({ length: 6 }, (_, i) => key(`many ${i}`)),
          [DEED],
        )
        .then(() => keys.add([key('one too many')], [DEED])),
    ).rejects.toThrow();
    expect(await keys.find('one too many')).toBeUndefined();
  });

  it.each([ACME, null])('answers a request that was made before as it was answered then, in the scope %s', async (scope) => {
    const requests = new SqliteIdempotencyStore(stores.tenants, stores.platform);
    const racing = await Promise.all(Array.from({ length: 8 }, () => requests.begin(scope, 'k', 'digest', NOW)));
    expect(racing.filter((earlier) => earlier === undefined)).toHaveLength(1);
    expect(racing.filter((earlier) => earlier?.state === 'running')).toHaveLength(7);
    expect(await requests.begin(scope, 'k', 'another', NOW)).toEqual({ state: 'other-request' });
    await requests.finish(scope, 'k', { status: 201, body: { tenant_id: GLOBEX } });
    expect(await requests.begin(scope, 'k', 'digest', NOW)).toMatchObject({ state: 'answered', status: 201, body: { tenant_id: GLOBEX } });
    expect(await requests.begin(scope === null ? ACME : GLOBEX, 'k', 'digest', NOW)).toBeUndefined();
    expect(await requests.begin(scope, 'k', 'digest', NOW + 25 * 3_600_000)).toBeUndefined();
  });

  it('keeps tenants: one of each name, each change in the version that was read, seen by other processes', async () => {
    const beside = await stores.beside();
    const [here, there] = [new SqliteTenantDirectory(stores.platform), new SqliteTenantDirectory(beside.platform)];
    expect(await there.list()).toEqual([]);
    expect(await Promise.all([here.add(tenantNamed(ACME), DEED), there.add(tenantNamed(ACME), DEED)])).toEqual(
      expect.arrayContaining([true, false]),
    );
    const second = { ...tenantNamed(ACME), name: 'Acme', version: 2 };
    expect(await here.replace(second, DEED)).toBe(true);
    expect(await there.replace({ ...second, name: 'late' }, DEED)).toBe(false);
    await there.refresh();
    expect((await there.find(ACME))?.name).toBe('Acme');
    await beside.close();
  });

  it('forgets a tenant that is deleted, and remembers that it was', async () => {
    const directory = new SqliteTenantDirectory(stores.platform);
    const erasures = new SqliteErasureStore(stores.platform);
    const wrapped = { purpose: 'data', number: 1, kek_id: 'kek', wrapped: Buffer.from([0, 1, 255]), created_at: AT } as const;
    await directory.add(tenantNamed(ACME), DEED);
    await new SqliteApiKeyStore(stores.platform, new SystemClock()).add([key('a'), key('b', { tenant_id: GLOBEX })], [DEED]);
    const keys = new SqliteTenantKeyStore(stores.platform);
    expect(await keys.add([{ tenant_id: ACME, ...wrapped }], DEED)).toBe(true);
    expect(await keys.add([{ tenant_id: ACME, ...wrapped }], DEED)).toBe(false);
    expect(Buffer.from((await keys.list(ACME))[0]?.wrapped ?? [])).toEqual(wrapped.wrapped);
    const answers = new SqliteIdempotencyStore(stores.tenants, stores.platform);
    for (const tenant of [ACME, GLOBEX]) {
      await answers.begin(null, tenant, 'digest', NOW);
      await answers.finish(null, tenant, { status: 200, body: { tenant_id: tenant } });
    }
    const running = { tenant_id: ACME, state: 'running', requested_at: AT } as unknown as Parameters<SqliteErasureStore['begin']>[1];
    const begun = await erasures.begin(
      { ...tenantNamed(ACME), name: 'Acme & Sons', critical_entities: ['dc-acme'], status: 'deleting', version: 2 },
      running,
      () => DEED,
    );
    if (!begun) throw new Error('the deletion did not begin');
    expect(begun.incarnation).toBe(1);
    expect((await erasures.traces(ACME)).map(String)).toEqual(['hash of a', String(wrapped.wrapped)]);
    expect(await erasures.purge(ACME)).toEqual({ api_keys: 1, answers: 1 });
    const left = await new SqliteTenantDirectory(stores.platform).find(ACME);
    expect(left).toEqual({ ...tenantNamed(ACME), name: ACME, critical_entities: [], status: 'deleting', version: 2 });
    expect(await keys.destroy(ACME)).toBe(1);
    expect(await erasures.finish({ ...begun, state: 'done', finished_at: AT } as unknown as typeof begun, DEED)).toBe(true);
    await directory.refresh();
    expect(await directory.find(ACME)).toBeUndefined();
    expect(await erasures.running()).toEqual([]);
    const log = await new SqliteAuditLog(stores.tenants, stores.platform, new SystemClock()).list(PLATFORM_LOG, { limit: 50 });
    expect(log.length).toBe(5);
  });
});
