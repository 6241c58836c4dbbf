import { generateApiKey } from '../auth/api-key.js';
import { credentialPlace } from './credential-in-url.js';

const KEYS = (['live', 'test', 'svc'] as const).map((type) => generateApiKey(type).text);
const TOKEN = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{"sub":"jo"}').toString('base64url')}.c2ln`;

describe('credentials in URLs', () => {
  it.each([
    ...['api_key', 'apiKey', 'X-API-Key', 'access_token', 'token', 'key', 'password', 'client_secret', 'jwt', 'Authorization', 'auth'].map(
      (name) => `/api/v1/alerts?${name}=x`,
    ),
    '/api/v1/alerts?limit=5&api%5Fkey=x',
    '/api/v1/alerts?limit=5&api%255Fkey=x',
    '/api/v1/alerts#access_token=x',
    '/api/v1/alerts%23access_token=x',
    '/api/v1/alerts;token=x',
    '/api/v1/alerts?token',
    'http://jo:secret@127.0.0.1/api/v1/alerts',
    'http://jo@127.0.0.1/api/v1/alerts',
    ...[...KEYS, TOKEN].flatMap((secret) => [
      `/api/v1/alerts/${secret}`,
      `/api/v1/alerts?q=${secret}`,
      `/api/v1/alerts?${secret}`,
      `/api/v1/alerts?q=${encodeURIComponent(secret).replaceAll('_', '%5F').replaceAll('.', '%2E')}`,
      `/api/v1/alerts?q=${secret.replaceAll('_', '%255f').replaceAll('.', '%252e')}`,
      `/api/v1/alerts?q=%zz${secret.replaceAll('_', '%5F').replaceAll('.', '%2E')}`,
      `/x#${secret}`,
    ]),
  ])('AUTH-09 are found wherever they stand: %#', (target) => {
    const place = credentialPlace(target);
    expect(place).toBeDefined();
    for (const secret of [...KEYS, TOKEN]) expect(place).not.toContain(secret.slice(10, 30));
  });

  it.each([
    '/api/v1/alerts?limit=5&status=new',
    '/api/v1/events?q=user%40example.com&host=web01',
    '/api/v1/events?q=password%20reset',
    '/api/v1/events?q=https%3A%2F%2Fevil.example%2F%3Ftoken%3Dx%26password%3Dy',
    '/api/v1/tenants/acme-corp/principals/jo@acme-corp/revoke',
    '/api/v1/tenants/acme-corp/api-keys/0123456789AB/rotate',
    '/api/v1/audit?target_id=gtr_live',
    '/docs?urls.primaryName=x',
    '/api/v1/events?q=eyJhbGciOiJI.x.eyJzdWIiOiJqbyJ9',
    '/api/v1/events?q=eyJhbGciOiJI/.eyJzdWIiOiJqbyJ9',
    '/api/v1/events?q=.eyJzdWIiOiJqbyJ9',
    '/%',
    '*',
  ])('are not seen in %s', (target) => {
    expect(credentialPlace(target)).toBeUndefined();
  });
});
