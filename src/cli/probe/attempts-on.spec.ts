import { operationsOf, type OpenApi } from './api-operations.js';
import { attemptsOn, type World } from './attempts-on.js';

const world: World = {
  owner: new Map([
    ['tenant_id', 'acme-corp'],
    ['key_id', 'AbCdEf012345'],
    ['alert_id', 'a-1'],
    ['incident_id', 'i-1'],
  ]),
  own: new Map([
    ['tenant_id', 'globex'],
    ['key_id', 'XyXyXy543210'],
    ['alert_id', 'b-1'],
    ['incident_id', 'j-1'],
  ]),
  missing: new Map([
    ['tenant_id', 'fade-aced'],
    ['key_id', 'FaFaFa999999'],
    ['alert_id', 'c-9'],
    ['incident_id', 'k-9'],
  ]),
  seeded: new Set(['tenant_id', 'key_id', 'alert_id', 'incident_id']),
  cursors: new Map(),
  schemas: {},
};

const only = (paths: OpenApi['paths']) => {
  const [operation] = operationsOf({ paths });
  if (!operation) throw new Error('no operation');
  return operation;
};

const BEARER = [{ bearer: [] }];

describe('attempts', () => {
  it('TEN-02 fails an operation whose parameters nothing is known for, by name', () => {
    const operation = only({
      '/api/v1/exports/{export_id}': { get: { 'x-permission': 'alerts:read', 'x-scope': 'tenant', security: BEARER } },
    });
    const { attempts, unseeded } = attemptsOn(operation, 'viewer', world);
    expect(attempts).toEqual([]);
    expect(unseeded).toEqual(['GET /api/v1/exports/{export_id}: no value is known for export_id']);
  });

  it.each([
    ['a filter', { parameters: [{ name: 'asset', in: 'query', schema: { type: 'string' } }] }, 'asset'],
    ['a header', { parameters: [{ name: 'X-Job', in: 'header', schema: { type: 'string' } }] }, 'X-Job'],
    [
      'a field of the body',
      { requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { job_id: { type: 'string' } } } } } } },
      'job_id',
    ],
  ])('TEN-02 fails an operation with %s that nothing is known for', (_, part, name) => {
    const operation = only({
      '/api/v1/things': { post: { 'x-permission': 'alerts:write', 'x-scope': 'tenant', security: BEARER, ...part } },
    });
    expect(attemptsOn(operation, 'analyst', world).unseeded).toEqual([`POST /api/v1/things: no value is known for ${name}`]);
  });

  it('does not put at risk what was not made for the probe', () => {
    const operation = only({
      '/api/v1/alerts/{alert_id}': { delete: { 'x-permission': 'alerts:write', 'x-scope': 'tenant', security: BEARER } },
    });
    const harvested = { ...world, seeded: new Set<string>() };
    expect(attemptsOn(operation, 'analyst', harvested).unseeded).toHaveLength(1);
  });

  it('needs to know nothing of what the role may not call at all', () => {
    const operation = only({ '/admin/dead-letters/{letter_id}': { delete: { 'x-permission': 'platform:operate' } } });
    const { attempts, unseeded } = attemptsOn(operation, 'tenant-admin', world);
    expect(unseeded).toEqual([]);
    expect(attempts.map(({ place, accepts }) => [place, accepts])).toEqual([['path', 'refusal']]);
  });

  it('tries a child under its own and under a wrong parent, each with a twin that names nothing', () => {
    const operation = only({ '/api/v1/tenants/{tenant_id}/api-keys/{key_id}': { delete: { 'x-permission': 'keys:manage' } } });
    const { attempts } = attemptsOn(operation, 'tenant-admin', world);
    expect(attempts.map(({ request, twin }) => [request.path, twin?.path])).toEqual([
      ['/api/v1/tenants/acme-corp/api-keys/XyXyXy543210', '/api/v1/tenants/fade-aced/api-keys/XyXyXy543210'],
      ['/api/v1/tenants/globex/api-keys/AbCdEf012345', '/api/v1/tenants/globex/api-keys/FaFaFa999999'],
      ['/api/v1/tenants/acme-corp/api-keys/AbCdEf012345', '/api/v1/tenants/fade-aced/api-keys/FaFaFa999999'],
    ]);
  });

  it('puts foreign values into path, query, body, header and cursor', () => {
    const operation = only({
      '/api/v1/incidents/{incident_id}/merge': {
        post: {
          'x-permission': 'incidents:write',
          'x-scope': 'tenant',
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['incident_ids'],
                  properties: { incident_ids: { type: 'array', items: { type: 'string' } } },
                },
              },
            },
          },
        },
      },
    });
    const { attempts } = attemptsOn(operation, 'analyst', world);
    expect(attempts.map(({ place, request }) => [place, request.path, request.body, request.headers])).toEqual([
      ['path', '/api/v1/incidents/i-1/merge', { incident_ids: ['j-1'] }, {}],
      ['body', '/api/v1/incidents/j-1/merge', { incident_ids: ['i-1'] }, {}],
      ['body', '/api/v1/incidents/j-1/merge', { incident_ids: ['j-1'], tenant_id: 'acme-corp' }, {}],
      ['header', '/api/v1/incidents/i-1/merge', { incident_ids: ['j-1'] }, { 'X-Tenant-ID': 'acme-corp' }],
    ]);
    const list = only({
      '/api/v1/alerts': {
        get: {
          'x-permission': 'alerts:read',
          'x-scope': 'tenant',
          parameters: [
            { name: 'incident_id', in: 'query', schema: { type: 'string' } },
            { name: 'cursor', in: 'query', schema: { type: 'string' } },
          ],
        },
      },
    });
    const listed = attemptsOn(list, 'viewer', { ...world, cursors: new Map([['/api/v1/alerts', 'W10']]) }).attempts;
    expect(listed.map(({ place, request }) => [place, request.path])).toEqual([
      ['query', '/api/v1/alerts?incident_id=i-1'],
      ['cursor', '/api/v1/alerts?cursor=W10'],
      ['header', '/api/v1/alerts'],
      ['plain', '/api/v1/alerts'],
    ]);
  });
});
