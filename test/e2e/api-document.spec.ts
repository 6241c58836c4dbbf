import { PERMISSIONS, type Permission, type Role } from '../../src/platform/auth/permissions.js';
import { ApiDocument } from '../support/api-document.js';
import { BuiltApp, STAYS_IN_SERVICE } from '../support/built-app.js';
import { exampleBody, type Schema } from '../../src/cli/probe/example-body.js';
import { sendRaw } from '../support/raw-request.js';
import { startApp } from '../support/running-app.js';
import { ServiceCaller } from '../support/service-caller.js';

const CREDENTIALS: readonly (readonly [Role, string, string?])[] = [
  ['responder', 'acme-corp', 'responder'],
  ['tenant-admin', 'acme-corp', 'tenant_admin'],
  ['platform-admin', 'platform'],
];

/** Tells whether every request for a route would be answered by an earlier one. */
function answersFor(earlier: string, route: string): boolean {
  const pattern = earlier.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(route);
}

describe('the API document', () => {
  let app: BuiltApp;
  let document: ApiDocument;
  beforeAll(async () => {
    app = await BuiltApp.start({ env: STAYS_IN_SERVICE });
    document = await ApiDocument.of(app.baseUrl);
  });
  afterAll(() => app.stop({ atOnce: true }));

  it('R19 TEN-01 openapi-is-the-router: names every route that the router has, and no other, and none shadows another', async () => {
    const running = await startApp();
    const { router } = running.app.getHttpAdapter().getInstance() as unknown as {
      router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
    };
    const routes = router.stack.flatMap(({ route }) =>
      Object.keys(route?.methods ?? {}).map((method) => `${method.toUpperCase()} ${(route?.path ?? '').replace(/:(\w+)/g, '{$1}')}`),
    );
    await running.close();
    const own = routes.filter((route) => !route.includes('*') && !route.startsWith('GET /docs'));
    const documented = document.operations.map(({ method, path }) => `${method} ${path}`);
    expect(own.filter((route, n) => own.indexOf(route) < n)).toEqual([]);
    expect(own.flatMap((route, n) => own.slice(0, n).filter((earlier) => answersFor(earlier, route)))).toEqual([]);
    expect([...own].sort()).toEqual(documented.sort());
  });

  it('R19 HOS-01 has a page whose files all come, whole, from memory, and nothing else of their package', async () => {
    const page = await (await fetch(`${app.baseUrl}/docs`)).text();
    const files = [...page.matchAll(/(?:src|href)="(?:\.\/)?docs\/([^"]+)"/g)].map(([, name]) => name ?? '');
    expect(files).toEqual(expect.arrayContaining(['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-init.js']));
    for (const name of files) {
      const answer = await fetch(`${app.baseUrl}/docs/${name}`);
      const bytes = (await answer.arrayBuffer()).byteLength;
      expect([name, answer.status, bytes > 100]).toEqual([name, 200, true]);
      expect(answer.headers.get('content-type')).toMatch(
        /^(?:text\/(?:css|javascript)|application\/javascript|image\/png)(?:; charset=utf-8)?$/,
      );
      const head = await fetch(`${app.baseUrl}/docs/${name}`, { method: 'HEAD' });
      expect([name, head.status, head.headers.get('content-length')]).toEqual([name, 200, String(bytes)]);
    }
    for (const name of ['package.json', 'swagger-ui-bundle.js.map', 'index.js', 'toString'])
      expect((await fetch(`${app.baseUrl}/docs/${name}`)).status).toBe(404);
  });

  it('R19 gives every successful answer a schema with fields, and every path parameter a description', () => {
    const faults: string[] = [];
    const look = (schema: Schema & { additionalProperties?: unknown }, place: string, seen: readonly string[] = []): void => {
      if (schema.$ref && seen.includes(schema.$ref)) return;
      const found = document.resolve(schema) as typeof schema;
      const inside = schema.$ref ? [...seen, schema.$ref] : seen;
      if (found.type === 'object' && !found.properties && !found.allOf && !found.additionalProperties)
        faults.push(`${place} is any object`);
      if (!found.type && !found.allOf) faults.push(`${place} has no type`);
      for (const [name, field] of Object.entries(found.properties ?? {})) look(field, `${place}.${name}`, inside);
      if (found.items) look(found.items, `${place}[]`, inside);
      for (const part of found.allOf ?? []) look(part, place, inside);
    };
    for (const { method, path, operation } of document.operations) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const schemas = Object.values(content ?? {}).map(({ schema }) => schema);
        if (schemas.length === 0 && status !== '204' && status !== '304') faults.push(`${method} ${path} ${status} has no schema`);
        for (const schema of schemas) look(schema, `${method} ${path} ${status}`);
      }
      for (const { name, in: place, description } of operation.parameters ?? []) {
        if (place === 'path' && !description) faults.push(`${method} ${path} does not describe ${name}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('names the headers that operations take, each once', () => {
    const faults: string[] = [];
    for (const { method, path, operation } of document.operations) {
      const headers = (operation.parameters ?? []).filter((parameter) => parameter.in === 'header').map(({ name }) => name.toLowerCase());
      if (new Set(headers).size !== headers.length) faults.push(`${method} ${path} names a header twice`);
      const changes = method !== 'GET' && (operation['x-permission'] ?? operation['x-services']) !== undefined;
      if (changes !== headers.includes('idempotency-key')) faults.push(`${method} ${path} Idempotency-Key`);
      if ((operation['x-scope'] === 'tenant') !== headers.includes('x-tenant-id')) faults.push(`${method} ${path} X-Tenant-ID`);
    }
    expect(faults).toEqual([]);
  });

  it('R19 has examples of bodies that are taken as they are', async () => {
    const service = await ServiceCaller.of(app.dataDir);
    const tokens = new Map<Role, string>();
    for (const [role, tenant, name] of CREDENTIALS) tokens.set(role, await app.token(tenant, name));
    const faults: string[] = [];
    for (const { method, path, operation } of document.operations) {
      const content = operation.requestBody?.content['application/json'];
      if (!content) continue;
      const holders: readonly Role[] = operation['x-services'] ? [] : PERMISSIONS[operation['x-permission'] as Permission];
      const role = CREDENTIALS.map(([name]) => name).find((name) => holders.includes(name));
      const { examples } = content as { examples?: Record<string, { value: unknown }> };
      const body = Object.values(examples ?? {})[0]?.value ?? exampleBody(content.schema, document.schemas);
      const instance = path.replace('{tenant_id}', 'acme-corp').replace(/\{\w+\}/g, 'f0e1d2c3-0000-7000-8000-000000000000');
      const bearer = { Authorization: `Bearer ${tokens.get(role ?? 'responder') ?? ''}`, 'Content-Type': 'application/json' };
      const plain = { method, path: instance, headers: bearer, body: JSON.stringify(body) };
      const request = operation['x-services'] ? service.sign(app.baseUrl, { method, path: instance, body }) : plain;
      const { body: text, ...answer } = await sendRaw(app.baseUrl, request);
      if (![200, 201, 202, 404, 409].includes(answer.status))
        faults.push(`${method} ${path} ${answer.status} ${JSON.stringify(body)} ${text}`);
    }
    expect(faults).toEqual([]);
  });

  it('R19 shows itself at /docs with scripts of its own only, which its policy lets run', async () => {
    const page = await fetch(`${app.baseUrl}/docs`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src|unsafe-eval/);
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
    const sources = [...html.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      const url = new URL(source, `${app.baseUrl}/docs`);
      expect(url.origin).toBe(app.baseUrl);
      const asset = await fetch(url);
      expect([source, asset.status]).toEqual([source, 200]);
      if (source.endsWith('.js')) expect(asset.headers.get('content-type')).toMatch(/javascript/);
    }
  });
});
