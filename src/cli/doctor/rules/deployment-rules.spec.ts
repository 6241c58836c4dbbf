import { CHECKLIST } from './checklist.js';
import { judgeAll } from './check.js';
import type { DeploymentFacts, ListedKey } from './deployment-facts.js';
import { DEPLOYMENT_RULES } from './deployment-rules.js';
import { ENVIRONMENT_RULES } from './environment-rules.js';
import { SETTINGS_RULES } from './settings-rules.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const DAY = 86_400_000;
const day = (days: number): string => new Date(NOW + days * DAY).toISOString();
const KEY: ListedKey = {
  key_id: 'k1',
  tenant_id: 'acme-corp',
  created_at: day(-100),
  expires_at: day(200),
  revoked_at: null,
  last_used_at: day(-1),
};
const HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-correlation-id': 'a',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};
const GOOD: DeploymentFacts = {
  baseUrl: 'https://soc.example',
  now: NOW,
  tls: { value: { protocol: 'TLSv1.3', speaksOld: false, validTo: NOW + 60 * DAY } },
  health: { value: [{ path: '/health', status: 200, down: [] }] },
  headers: { value: HEADERS },
  cors: { value: null },
  unauthenticated: { value: [{ operation: 'GET /api/v1/alerts', status: 401 }] },
  open: { value: ['GET /health'] },
  secrets: { value: ['JWT_SECRET', 'SERVICE_API_KEY', 'API_KEY_PEPPER'].map((name) => ({ name, is_set: true })) },
  limits: { value: { backend: 'redis', items: [{ tenant_id: 'acme-corp', policies: ['ingest', 'alerts'] }] } },
  circuits: { value: [{ service: 'redis', state: 'closed' }] },
  deadLetters: { value: [] },
  keys: { value: [KEY, { ...KEY, expires_at: day(1), revoked_at: day(-2) }, { ...KEY, expires_at: day(-1) }] },
  audit: { value: { records: 12, isWhole: true } },
  refusals: { value: 0 },
  node: { value: '24.21.0' },
  skew: { value: -1 },
  attackArrives: { value: false },
  foreign: { value: [{ request: 'GET /api/v1/alerts', status: 403 }] },
};
const { 'strict-transport-security': _hsts, ...WITHOUT_HSTS } = HEADERS;

const outcomes = (facts: Partial<DeploymentFacts>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    judgeAll(DEPLOYMENT_RULES, { ...GOOD, ...facts }).flatMap(({ id, outcome }) => (outcome === 'pass' ? [] : [[id, outcome]])),
  );

describe('what is weak in a running deployment', () => {
  it('R65 finds nothing where it is good', () => {
    expect(outcomes({})).toEqual({});
  });

  it.each([
    ['deployment.tls', { tls: { value: { protocol: 'TLSv1.3', speaksOld: true, validTo: NOW + 60 * DAY } } }],
    ['deployment.certificate', { tls: { value: { protocol: 'TLSv1.3', speaksOld: false, validTo: NOW + 3 * DAY } } }],
    ['deployment.health', { health: { value: [{ path: '/health', status: 503, down: ['redis'] }] } }],
    ['deployment.headers', { headers: { value: WITHOUT_HSTS } }],
    ['deployment.headers', { headers: { value: { ...HEADERS, 'x-powered-by': 'Express' } } }],
    ['deployment.headers', { headers: { value: { ...HEADERS, server: 'nginx/1.25.3' } } }],
    ['deployment.headers', { headers: { value: { ...HEADERS, 'x-content-type-options': '' } } }],
    ['deployment.cors', { cors: { value: '*' } }],
    ['deployment.unauthenticated', { unauthenticated: { value: [{ operation: 'GET /metrics', status: 200 }] } }],
    ['deployment.open', { open: { value: ['GET /api/v1/alerts'] } }],
    ['deployment.secrets', { secrets: { value: [{ name: 'JWT_SECRET', is_set: false }] } }],
    ['deployment.limits', { limits: { value: { backend: 'redis', items: [{ tenant_id: 'acme-corp', policies: [] }] } } }],
    ['deployment.limits', { limits: { value: { backend: 'local', items: [] } } }],
    ['deployment.isolation', { foreign: { value: [{ request: 'GET /api/v1/alerts', status: 200 }] } }],
    ['deployment.circuits', { circuits: { value: [{ service: 'redis', state: 'isolated' }] } }],
    ['deployment.dead-letters', { deadLetters: { value: ['triage'] } }],
    ['deployment.keys', { keys: { value: [{ ...KEY, expires_at: null }] } }],
    ['deployment.keys', { keys: { value: [{ ...KEY, expires_at: day(3) }] } }],
    ['deployment.keys', { keys: { value: [{ ...KEY, last_used_at: day(-91) }] } }],
    ['deployment.keys', { keys: { value: [{ ...KEY, last_used_at: null }] } }],
    ['deployment.audit', { audit: { value: { records: 3, isWhole: false, fault: 'record 4 is missing' } } }],
    ['deployment.node', { node: { value: '24.0.0' }, now: Date.parse('2028-05-01') }],
    ['deployment.clock', { skew: { value: 120 } }],
  ] as const)('R65 %s fails', (id, facts) => {
    expect(outcomes(facts)).toMatchObject({ [id]: 'fail' });
  });

  it('R65 fails where another machine is spoken to without TLS, and does not know where it is asked on its own', () => {
    expect(outcomes({ baseUrl: 'http://soc.example', tls: { value: null }, headers: { value: WITHOUT_HSTS } })).toEqual({
      'deployment.tls': 'fail',
      'deployment.certificate': 'unknown',
    });
    expect(outcomes({ baseUrl: 'http://127.0.0.1:8080', tls: { value: null } })).toMatchObject({ 'deployment.tls': 'unknown' });
  });

  it('R65 knows nothing of what could not be looked at', () => {
    const facts = Object.fromEntries(Object.keys(GOOD).map((name) => [name, { trouble: 'ECONNREFUSED' }])) as unknown as DeploymentFacts;
    expect(judgeAll(DEPLOYMENT_RULES, { ...facts, baseUrl: GOOD.baseUrl, now: NOW }).every(({ outcome }) => outcome === 'unknown')).toBe(
      true,
    );
  });

  it('R65 each line of the checklist is answered, and each check has an id of its own', () => {
    const rules = [...SETTINGS_RULES, ...ENVIRONMENT_RULES, ...DEPLOYMENT_RULES];
    const answered = new Set(rules.flatMap(({ answers }) => answers));
    expect(Object.keys(CHECKLIST).filter((item) => !answered.has(item as keyof typeof CHECKLIST))).toEqual([]);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });
});
