import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { deriveEd25519Key } from '../../src/platform/auth/tokens/derive-key.js';
import { localSigner, mint, withEd25519, withHs256, type Signer } from '../support/mint-token.js';
import { startApp, type RunningApp } from '../support/running-app.js';

/** Everything that answers without a credential. Whoever adds a route here has decided so. */
const OPEN = [
  'GET /.well-known/jwks.json',
  'GET /docs',
  'GET /docs-json',
  'GET /docs/',
  'GET /docs/LICENSE',
  'GET /docs/docs/swagger-ui-init.js',
  'GET /docs/index.html',
  'GET /docs/swagger-ui-init.js',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
];

interface Route {
  readonly method: string;
  readonly path: string;
}

type Credential = Readonly<Record<string, string>>;

/** Routes as Express has them: everything that Nest's router bound, and the API's documents. */
function routesOf({ app }: RunningApp): readonly Route[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as {
    readonly router: {
      readonly stack: readonly { readonly route?: { readonly path: string; readonly methods: Record<string, boolean> } }[];
    };
  };
  return router.stack.flatMap(({ route }) =>
    route && !route.path.includes('*')
      ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
      : [],
  );
}

describe('AUTH-02 route-auth-inventory', () => {
  const secret = randomBytes(48).toString('hex');
  const { header, signer } = localSigner(Buffer.from(secret));
  const env = { JWT_SECRET: secret, AUTH_FAILURE_LIMIT: '1000000' };
  let running: RunningApp;
  let routes: readonly Route[];
  let good: Credential;
  let wrong: (claims: object, members?: object) => Credential;
  const bad = new Map<string, Credential>();

  beforeAll(async () => {
    running = await startApp({ env });
    routes = routesOf(running);
    const admin = decodeJwt(await running.token('acme-corp', 'tenant_admin'));
    const now = Math.floor(Date.now() / 1000);
    const bearer = (token: string): Credential => ({ Authorization: `Bearer ${token}` });
    const token = (claims: object = {}, members: object = {}, by: Signer = signer): Credential =>
      bearer(mint({ ...header, ...members }, { ...admin, ...claims }, by));
    good = token();
    wrong = token;
    const stranger = localSigner(randomBytes(32));
    const { publicJwk } = deriveEd25519Key(Buffer.from(secret));

    bad.set('no credential', {});
    bad.set('garbage', bearer('garbage'));
    bad.set('an empty bearer token', { Authorization: 'Bearer ' });
    bad.set('another scheme', { Authorization: 'Basic YTpi' });
    bad.set('an expired token', token({ iat: now - 901, nbf: now - 901, exp: now - 1 }));
    bad.set('a token to come', token({ nbf: now + 60, iat: now + 60, exp: now + 120 }));
    bad.set('a token for another audience', token({ aud: 'other' }));
    bad.set('a token of another type', token({}, { typ: 'JWT' }));
    bad.set('a token of another issuer', token({ iss: 'https://login.example' }));
    bad.set('a token of another environment', bearer(mint(stranger.header, admin, stranger.signer)));
    bad.set('a token with our key id of another environment', token({}, {}, stranger.signer));
    bad.set(
      'a token without a signature',
      token({}, { alg: 'none' }, () => Buffer.alloc(0)),
    );
    bad.set('a token with the public key as secret', token({}, { alg: 'HS256' }, withHs256(Buffer.from(publicJwk.x, 'base64url'))));
    bad.set('a token with a key that it brings', bringingItsKey(admin));
    bad.set('a token of a key that does not exist', token({ key_id: 'NoSuchKey000' }));
    bad.set('a revoked token', bearer(await loggedOut()));
    const revoked = await revokedKey();
    bad.set('a token of a revoked key', bearer(revoked.token));
    bad.set('a revoked API key', { 'X-API-Key': revoked.key });
    bad.set('an API key as a token', bearer(running.apiKey('acme-corp', 'tenant_admin')));
    bad.set('a token as an API key', { 'X-API-Key': await running.token('acme-corp', 'tenant_admin') });
    bad.set('an API key of another environment', { 'X-API-Key': await foreignKey() });
    bad.set('an API key that is none', { 'X-API-Key': 'gtr_live_000000000000_nonsense_000000' });
    bad.set('a signature that is none', { 'X-Service-Name': 'taa', 'X-Service-Timestamp': String(now), 'X-Service-Signature': 'v1=00' });
  }, 60_000);
  afterAll(() => running.close());

  function bringingItsKey(claims: object): Credential {
    const own = generateKeyPairSync('ed25519');
    const jwk = own.publicKey.export({ format: 'jwk' });
    return { Authorization: `Bearer ${mint({ ...header, jwk }, claims, withEd25519(own.privateKey))}` };
  }

  async function loggedOut(): Promise<string> {
    const token = await running.token('acme-corp', 'tenant_admin');
    await running.http.post('/api/v1/auth/revoke').set('Authorization', `Bearer ${token}`).expect(204);
    return token;
  }

  async function revokedKey(): Promise<{ readonly key: string; readonly token: string }> {
    const admin = `Bearer ${await running.token('acme-corp', 'tenant_admin')}`;
    const keys = '/api/v1/tenants/acme-corp/api-keys';
    const made = await running.http
      .post(keys)
      .set('Authorization', admin)
      .send({ principal: 'gone@acme-corp', roles: ['tenant-admin'] })
      .expect(201);
    const exchanged = await running.http.post('/api/v1/auth/token').set('X-API-Key', made.body.api_key).expect(200);
    await running.http.delete(`${keys}/${made.body.key_id}`).set('Authorization', admin).expect(204);
    return { key: made.body.api_key, token: exchanged.body.access_token };
  }

  async function foreignKey(): Promise<string> {
    const other = await startApp({ env });
    const key = other.apiKey('acme-corp', 'tenant_admin');
    await other.close();
    return key;
  }

  const ask = async ({ method, path }: Route, credential: Credential): Promise<{ status: number; body: string; headers: string }> => {
    const concrete = path.replace(':tenant_id', 'acme-corp').replace(/:\w+/g, 'f0e1d2c3-0000-7000-8000-000000000000');
    const answer = await fetch(running.baseUrl + concrete, { method, headers: { 'X-Correlation-ID': 'same', ...credential } });
    const body = (await answer.text()).replace(JSON.stringify(concrete), '"<path>"');
    const headers = [...answer.headers]
      .filter(([name]) => name !== 'date' && !name.includes('ratelimit'))
      .map((header) => header.join(': '));
    return { status: answer.status, body, headers: headers.join('\n') };
  };

  it('AUTH-02 every route but those that are open to everybody asks for a credential', async () => {
    expect(routes.length).toBeGreaterThan(45);
    const open: string[] = [];
    for (const route of routes) {
      const { status } = await ask(route, {});
      if (status !== 401) open.push(`${route.method} ${route.path}`);
    }
    expect(new Set(open)).toEqual(new Set(OPEN));
  });

  it('AUTH-02 every kind of bad credential is answered 401, with the same body everywhere and the same headers on a route', async () => {
    const bodies = new Set<string>();
    const faults: string[] = [];
    let asked = 0;
    for (const route of routes.filter(({ method, path }) => !OPEN.includes(`${method} ${path}`))) {
      const kinds = [...bad];
      const answers = await Promise.all(kinds.map(([, credential]) => ask(route, credential)));
      asked += answers.length;
      for (const [position, answer] of answers.entries()) {
        const isSame = answer.status === 401 && answer.headers === answers[0]?.headers;
        if (!isSame) faults.push(`${route.method} ${route.path} with ${kinds[position]?.[0]}: ${answer.status} ${answer.headers}`);
        bodies.add(answer.body);
      }
    }
    process.stdout.write(`AUTH-02 ${routes.length} routes, ${bad.size} kinds of bad credential, ${asked} requests\n`);
    expect(faults).toEqual([]);
    expect([...bodies]).toHaveLength(1);
    expect(JSON.parse([...bodies][0] ?? '')).toMatchObject({ type: '/problems/unauthenticated', status: 401, instance: '<path>' });
  }, 120_000);

  it('AUTH-02 the token that the bad ones are made from is good', async () => {
    expect((await ask({ method: 'GET', path: '/api/v1/alerts' }, good)).status).toBe(200);
  });

  it('R16 the role of services opens nothing to a token: what is between services is signed', async () => {
    const service = wrong({ kind: 'service', sub: 'taa', grants: { 'acme-corp': ['service'] }, roles: ['service'], jti: 'of-a-service' });
    const answers: string[] = [];
    for (const route of routes) {
      const name = `${route.method} ${route.path}`;
      if (OPEN.includes(name)) continue;
      const { status } = await ask(route, service);
      if (status !== 401 && status !== 403) answers.push(`${name} ${status}`);
    }
    expect(answers).toEqual(['POST /api/v1/auth/revoke 204']);
  });

  it('AUTH-04 a sample over HTTP: 401 with the one body, and 431 for what no token is', async () => {
    const alerts = { method: 'GET', path: '/api/v1/alerts' };
    const { body } = await ask(alerts, {});
    const sample = [
      wrong({}, { crit: ['exp'] }),
      wrong({}, { jku: `${running.baseUrl}/.well-known/jwks.json` }),
      wrong({}, { x5u: 'http://169.254.169.254/' }),
      wrong({}, { zip: 'DEF' }),
      wrong({}, { kid: '../../../../dev/null' }),
      wrong({}, { cty: 'JWT' }),
      wrong({ exp: 9_999_999_999 }),
      wrong({ jti: undefined }),
      wrong({ sub: undefined }),
      wrong({ filler: 'x'.repeat(4_096) }),
    ];
    for (const credential of sample) expect(await ask(alerts, credential)).toMatchObject({ status: 401, body });
    expect((await ask(alerts, wrong({ filler: 'x'.repeat(1_048_576) }))).status).toBe(431);
  });
});
