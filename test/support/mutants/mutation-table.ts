import { swapped, type Mutant } from './mutant.js';

const one = (name: string, file: string, find: string, replace: string): Mutant => ({ name, edits: [{ file, find, replace }] });

/** Guards, keys and scopes that hold tenants apart, each taken away. Every text must stand exactly once in its file. */
export const MUTATION_TABLE: readonly Mutant[] = [
  one(
    'every handler works in the owner’s tenant',
    'src/platform/auth/caller.decorator.ts',
    'return { ...caller, tenant: caller.tenant };',
    `return { ...caller, tenant: ${swapped('caller.tenant')} };`,
  ),
  {
    name: 'X-Tenant-ID selects any tenant, with the roles held anywhere',
    edits: [
      { file: 'src/platform/auth/permission.guard.ts', find: ' || !principal.grants.has(header)', replace: '' },
      {
        file: 'src/platform/auth/permission.guard.ts',
        find: 'caller.principal.grants.get(tenant) ?? []',
        replace: '[...caller.principal.grants.values()].flat()',
      },
    ],
  },
  one(
    'a tenant in a path is open to whoever administers another',
    'src/mssp/tenants/tenant-access.ts',
    'grants.get(id) ?? []',
    '[...grants.values()].flat()',
  ),
  one(
    'all tenants have one directory',
    'src/platform/storage/data-directory.ts',
    "'tenants', createHash('sha256').update(tenant)",
    "'tenants', createHash('sha256').update('tenant')",
  ),
  {
    name: 'idempotency keys are shared by all tenants',
    edits: [
      {
        file: 'src/platform/idempotency/idempotency.interceptor.ts',
        find: 'this.store.begin(request.caller?.tenant ?? null',
        replace: 'this.store.begin(null',
      },
      {
        file: 'src/platform/idempotency/idempotency.interceptor.ts',
        find: 'getRequest<AdmittedRequest>().caller?.tenant ?? null',
        replace: 'getRequest<AdmittedRequest>().caller?.tenant === undefined ? null : null',
      },
    ],
  },
  one(
    'idempotency keys of administrators are shared on platform routes',
    'src/platform/idempotency/idempotency.interceptor.ts',
    "return held.length === 0 ? key : `${held.join(' ')} ${key}`;",
    'return held.length < 0 ? `${held.length}` : key;',
  ),
  one(
    'requests with one idempotency key exclude one another over all tenants',
    'src/agents/pipeline/pooled-ingest.ts',
    '`${tenant}/${idempotencyKey}`',
    'idempotencyKey',
  ),
  one('all tenants’ webhooks are signed with one key', 'src/cra/webhook-keys.ts', '`gatra/webhook/v1/${tenant}`', "'gatra/webhook/v1'"),
  one(
    'all tenants are ingested in one lane',
    'src/agents/pipeline/tenant-lanes.ts',
    'this.lanes.get(tenant) ?? new TenantLane(tenant, this.parts)',
    '[...this.lanes.values()][0] ?? new TenantLane(tenant, this.parts)',
  ),
  one(
    'all tenants draw on one bucket',
    'src/platform/rate-limit/ingest-limiter.ts',
    'this.limits.take(tenant, [{ policy, cost }])',
    "this.limits.take('tenant', [{ policy, cost }])",
  ),
  one(
    'the status of a limit is told of any tenant',
    'src/platform/rate-limit/rate-limit.controller.ts',
    'query.tenant_id === undefined || query.tenant_id === tenant ? await this.limits.of(tenant)',
    'query.tenant_id === undefined || query.tenant_id !== "" ? await this.limits.of((query.tenant_id ?? tenant) as never)',
  ),
  one(
    'a list is served to whoever polls another',
    'src/cra/edl.controller.ts',
    'this.edl.serve(toTenantId(tenant), list)',
    `this.edl.serve(toTenantId(${swapped('tenant')}), list)`,
  ),
  one(
    'a list opens to any tenant’s credential',
    'src/cra/edl-credential.guard.ts',
    '(await this.edl.opens(named.tenant, named.list, credential))',
    `(await this.edl.opens((named.tenant === 'acme-corp' ? 'globex' : named.tenant) as never, named.list, credential))`,
  ),
  one(
    'work is claimed from another tenant’s queue',
    'src/platform/work-queue/work-batches.ts',
    'await store.claim(tenant,',
    `await store.claim(${swapped('tenant')},`,
  ),
  one(
    'work is handled in another tenant',
    'src/platform/work-queue/work-batches.ts',
    'handler.handle(tenant, items)',
    `handler.handle(${swapped('tenant')}, items)`,
  ),
];
