import { readConfig } from '../../src/platform/config/environment.js';
import { EnvironmentError } from '../../src/platform/config/variable-reader.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const ORIGIN = 'https://soc.example';
const FOREIGN = [
  'https://evil.example',
  'http://soc.example',
  'https://soc.example:8443',
  'https://soc.example.evil.example',
  'https://evil-soc.example',
  'https://sub.soc.example',
  'HTTPS://SOC.EXAMPLE',
  'https://soc.example/',
  'null',
  'file://',
  '*',
  '',
];

describe('answers to browsers', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ env: { CORS_ORIGINS: `${ORIGIN}, https://second.example:8443` } });
  });
  afterAll(() => running.close());

  const preflight = (origin: string) =>
    running.http
      .options('/api/v1/alerts')
      .set({ Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization, x-evil' });

  it('HOS-08 CORS allows the listed origins, exactly and without credentials', async () => {
    for (const origin of [ORIGIN, 'https://second.example:8443']) {
      const { headers } = await preflight(origin).expect(204);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect(headers['access-control-allow-headers']).not.toContain('x-evil');
      expect(headers['access-control-allow-headers']).toMatch(/Authorization.*X-API-Key/);
      expect(headers['vary']).toMatch(/\bOrigin\b/);
      const simple = await running.http.get('/health/live').set('Origin', origin).expect(200);
      expect(simple.headers['access-control-allow-origin']).toBe(origin);
      expect(simple.headers['access-control-expose-headers']?.split(',').sort()).toEqual([
        'ETag',
        'Idempotency-Replayed',
        'RateLimit',
        'RateLimit-Policy',
        'Retry-After',
        'X-Correlation-ID',
        'X-RateLimit-Limit',
        'X-RateLimit-Remaining',
        'X-RateLimit-Reset',
      ]);
    }
  });

  it('HOS-08 CORS reflects no other origin, also not with errors, and every answer varies by it', async () => {
    for (const origin of FOREIGN) {
      const answers = [
        await preflight(origin),
        await running.http.get('/health/live').set('Origin', origin),
        await running.http.get('/api/v1/alerts').set('Origin', origin).expect(401),
        await running.http.get('/nowhere').set('Origin', origin).expect(404),
      ];
      for (const { headers } of answers) {
        expect([origin, headers['access-control-allow-origin'], headers['access-control-allow-credentials']]).toEqual([
          origin,
          undefined,
          undefined,
        ]);
        expect(headers['vary']).toMatch(/\bOrigin\b/);
      }
    }
  });

  it('HOS-08 CORS_ORIGINS takes origins only', () => {
    const wrong = [
      '*',
      'null',
      'https://soc.example/',
      'https://soc.example/app',
      'soc.example',
      'https://*.example',
      'https://u@soc.example',
    ];
    for (const text of wrong) {
      const read = (): unknown => readConfig({ CORS_ORIGINS: `https://good.example,${text}` });
      expect(read).toThrow(EnvironmentError);
      expect(read).toThrow(/CORS_ORIGINS/);
    }
    expect(readConfig({ CORS_ORIGINS: 'http://127.0.0.1:3000' }).http.corsOrigins).toEqual(['http://127.0.0.1:3000']);
  });

  it('HOS-08 every answer says what it is and is not to be sniffed; what a credential is answered is stored nowhere', async () => {
    const token = await running.token('acme-corp', 'viewer');
    const open = ['/health/live', '/docs', '/docs-json', '/nowhere', '/edl/acme-corp/ip'];
    const held = ['/api/v1/alerts', '/api/v1/incidents', '/api/v1/events', '/api/v1/alerts/none', '/api/v1/audit', '/metrics'];
    for (const path of [...open, ...held]) {
      const { headers } = await running.http.get(path).set('Authorization', `Bearer ${token}`);
      expect([path, headers['x-content-type-options'], headers['x-frame-options']]).toEqual([path, 'nosniff', 'DENY']);
      expect([path, headers['content-type']]).toEqual([path, expect.stringMatching(/^(?:application\/(?:problem\+)?json|text\/html)/)]);
      expect([path, headers['content-security-policy']]).toEqual([path, expect.stringContaining("frame-ancestors 'none'")]);
    }
    for (const path of held) {
      const { headers } = await running.http.get(path).set('Authorization', `Bearer ${token}`);
      expect([path, headers['cache-control']]).toEqual([path, 'no-store']);
    }
  });
});
