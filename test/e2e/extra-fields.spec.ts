import { exampleBody } from '../../src/cli/probe/example-body.js';
import { IsolationProbe } from '../../src/cli/probe/isolation-probe.js';
import { PERMISSIONS, type Permission, type Role } from '../../src/platform/auth/permissions.js';
import { ApiDocument, type PlacedOperation } from '../support/api-document.js';
import { BuiltApp } from '../support/built-app.js';
import { canaryTenants, OWNER } from '../support/canary-tenants.js';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';
import { ServiceCaller } from '../support/service-caller.js';
import { settledDump } from '../support/tenant-dump.js';

/** What a caller must not be able to say of an object, or of itself. */
const EXTRA: readonly (readonly [string, string])[] = [
  ['tenantId', '"globex"'],
  ['tenant_id', '"globex"'],
  ['role', '"platform-admin"'],
  ['roles', '["platform-admin"]'],
  ['approved', 'true'],
  ['approver', '"somebody-else"'],
  ['createdBy', '"somebody-else"'],
  ['riskScore', '0'],
  ['__proto__', '{"roles":["platform-admin"],"approved":true}'],
  ['constructor', '{"prototype":{"approved":true}}'],
];
const CREDENTIALS: readonly (readonly [Role, string, string?])[] = [
  ['responder', OWNER, 'responder'],
  ['tenant-admin', OWNER, 'tenant_admin'],
  ['platform-admin', 'platform'],
];
/** Bodies that hold whatever a source or a standard puts in them: what they do not know is passed over. */
const OPEN_BODIES = new Set(['POST /api/v1/events']);

/** Answer 404 here, where no tenant was deleted and no work given up on; what they answer of those is looked at where there are some. */
const OF_WHAT_IS_NOT_HERE = ['/api/v1/tenants/{tenant_id}/erasure', '/admin/dead-letters/{dead_letter_id}'];

/** Its answer is no JSON and has no end. */
const ENDLESS = '/api/v1/stream';

describe('fields that nobody asked for', () => {
  let app: BuiltApp;
  let document: ApiDocument;
  let probe: IsolationProbe;
  let values: ReadonlyMap<string, string>;
  const tokens = new Map<Role, string>();
  let service: ServiceCaller;

  beforeAll(async () => {
    app = await BuiltApp.start();
    document = await ApiDocument.of(app.baseUrl);
    service = await ServiceCaller.of(app.dataDir);
    for (const [role, tenant, name] of CREDENTIALS) tokens.set(role, await app.token(tenant, name));
    const tenants = canaryTenants(app);
    probe = new IsolationProbe(tenants);
    await probe.prepareOwner();
    const rules = await tenants.owner.as('viewer').json('GET', '/api/v1/rules?limit=1');
    const [rule] = rules['items'] as { readonly id: string }[];
    values = new Map([...(probe.seedOf(tenants.owner)?.values ?? []), ['rule_id', rule?.id ?? '']]);
  });
  afterAll(() => app.stop());

  const holderOf = ({ operation }: PlacedOperation): Role | undefined => {
    const holders: readonly Role[] = PERMISSIONS[operation['x-permission'] as Permission] ?? [];
    return CREDENTIALS.map(([role]) => role).find((role) => holders.includes(role));
  };

  const instanceOf = (path: string): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? 'domain'));

  const send = (placed: PlacedOperation, json: string | undefined): Promise<RawAnswer> => {
    const path = instanceOf(placed.path);
    if (placed.operation['x-services']) {
      return sendRaw(app.baseUrl, service.sign(app.baseUrl, { method: placed.method, path, body: Buffer.from(json ?? '') }));
    }
    const headers = { Authorization: `Bearer ${tokens.get(holderOf(placed) ?? 'responder') ?? ''}`, 'Content-Type': 'application/json' };
    return sendRaw(app.baseUrl, { method: placed.method, path, headers, ...(json === undefined ? {} : { body: json }) });
  };

  it('TEN-05 bopla: each is refused with its name on every operation that takes a body, and nothing is changed by it', async () => {
    const before = await settledDump(app.dataDir, OWNER);
    const faults: string[] = [];
    let tried = 0;
    for (const placed of document.operations) {
      const content = placed.operation.requestBody?.content['application/json'];
      if (!content || OPEN_BODIES.has(`${placed.method} ${placed.path}`)) continue;
      const { examples } = content as { examples?: Record<string, { value: unknown }> };
      const example = Object.values(examples ?? {})[0]?.value ?? exampleBody(content.schema, document.schemas);
      const known = Object.keys(document.resolve(content.schema).properties ?? {});
      for (const [name, value] of EXTRA.filter(([field]) => !known.includes(field))) {
        const text = JSON.stringify(example);
        const spoiled = `${text.slice(0, -1)}${text === '{}' ? '' : ','}"${name}":${value}}`;
        const answer = await send(placed, spoiled);
        tried += 1;
        if (answer.status !== 400 && answer.status !== 422)
          faults.push(`${placed.method} ${placed.path} ${name}: ${answer.status} ${answer.body.slice(0, 200)}`);
      }
    }
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(100);
    expect(await settledDump(app.dataDir, OWNER)).toEqual(before);
    expect(({} as Record<string, unknown>)['approved']).toBeUndefined();
  });

  it('TEN-05 no answer has a field that its schema does not have', async () => {
    const faults: string[] = [];
    let checked = 0;
    for (const placed of document.operations.filter(
      ({ method, path, operation }) => method === 'GET' && path !== ENDLESS && holderOf({ method: '', path: '', operation }),
    )) {
      const answer = await send(placed, undefined);
      const schema = placed.operation.responses[String(answer.status)]?.content?.['application/json']?.schema;
      if (answer.status !== 200 && !OF_WHAT_IS_NOT_HERE.includes(placed.path)) faults.push(`${placed.path}: ${answer.status}`);
      if (!schema || answer.status !== 200) continue;
      const fault = document.fault(schema, JSON.parse(answer.body));
      checked += 1;
      if (fault !== undefined) faults.push(`${placed.path}: ${fault}`);
    }
    expect(faults).toEqual([]);
    expect(checked).toBeGreaterThan(20);
  });
});
