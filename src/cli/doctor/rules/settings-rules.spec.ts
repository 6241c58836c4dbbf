import { readConfig } from '../../../platform/config/environment.js';
import { judgeAll, type Check } from './check.js';
import { SETTINGS_RULES } from './settings-rules.js';

const GOOD = {
  TRUSTED_PROXIES: '10.0.0.0/24',
  CORS_ORIGINS: 'https://soc.example',
  OUTBOUND_ALLOW: '10.20.0.0/16,tickets.corp.example',
  GATRA_INTEL_FEEDS: 'https://feeds.example/list,/etc/feeds/own.txt',
  SECRETS_ROTATION_DAYS: '90',
  GCP_SECRET_MANAGER_PROJECT: 'soc',
} as const;
const SECRETS = ['JWT_SECRET', 'SERVICE_API_KEY', 'API_KEY_PEPPER', 'DATA_ENCRYPTION_KEY', 'METRICS_TOKEN'];
const OVERRIDE = { GCP_ALLOW_ENDPOINT_OVERRIDE: 'true', GCP_SECRET_MANAGER_ENDPOINT: 'https://10.9.8.7' };

function check(env: Readonly<Record<string, string>>, secrets: readonly string[] = SECRETS): readonly Check[] {
  return judgeAll(SETTINGS_RULES, { value: { config: readConfig({ ...GOOD, ...env }), secrets } });
}

const failing = (checks: readonly Check[]): readonly string[] => checks.filter(({ outcome }) => outcome !== 'pass').map(({ id }) => id);

describe('what is weak in the settings', () => {
  it('R65 finds nothing where they are good', () => {
    expect(failing(check({}))).toEqual([]);
  });

  it.each([
    [
      'settings.environment',
      'ENVIRONMENT',
      { ENVIRONMENT: 'development', DATABASE_ALLOW_PLAINTEXT: '0', REDIS_ALLOW_PLAINTEXT: '0', SHUTDOWN_DELAY_SECONDS: '5' },
    ],
    ['settings.log-level', 'LOG_LEVEL', { LOG_LEVEL: 'debug' }],
    ['settings.log-level', 'LOG_LEVEL', { LOG_LEVEL: 'silent' }],
    ['settings.log-format', 'LOG_FORMAT', { LOG_FORMAT: 'text' }],
    ['settings.tls', 'TRUSTED_PROXIES', { TRUSTED_PROXIES: '' }],
    ['settings.plaintext', 'DATABASE_ALLOW_PLAINTEXT', { DATABASE_ALLOW_PLAINTEXT: '1' }],
    ['settings.plaintext', 'REDIS_ALLOW_PLAINTEXT', { REDIS_ALLOW_PLAINTEXT: '1' }],
    [
      'settings.plaintext',
      'CLICKHOUSE_URL',
      { EVENT_LAKE: 'clickhouse', CLICKHOUSE_URL: 'http://lake.example:8123', CLICKHOUSE_ALLOW_PLAINTEXT: '1' },
    ],
    ['settings.proxies', 'TRUSTED_PROXIES', { TRUSTED_PROXIES: '0.0.0.0/0' }],
    ['settings.cors', 'CORS_ORIGINS', { CORS_ORIGINS: 'http://soc.example' }],
    ['settings.outbound', 'OUTBOUND_ALLOW', { OUTBOUND_ALLOW: '::/0' }],
    ['settings.outbound', 'OUTBOUND_ALLOW', { OUTBOUND_ALLOW: '169.254.0.0/16' }],
    ['settings.endpoints', 'GCP_SECRET_MANAGER_ENDPOINT', OVERRIDE],
    ['settings.feeds', 'GATRA_INTEL_FEEDS', { GATRA_INTEL_FEEDS: 'http://feeds.example/list' }],
    ['settings.guessing', 'AUTH_FAILURE_LIMIT', { AUTH_FAILURE_LIMIT: '5000' }],
    ['settings.requests', 'THROTTLE_ADDRESS_PER_MINUTE', { THROTTLE_ADDRESS_PER_MINUTE: '60000000' }],
    ['settings.requests', 'THROTTLE_CREDENTIAL_PER_MINUTE', { THROTTLE_CREDENTIAL_PER_MINUTE: '60000000' }],
    ['settings.instances', 'REDIS_URL', { RATE_LIMIT_INSTANCES: '3' }],
    ['settings.key-life', 'API_KEY_MAX_DAYS', { API_KEY_MAX_DAYS: '3650' }],
    ['settings.rotation', 'SECRETS_ROTATION_DAYS', { SECRETS_ROTATION_DAYS: '365' }],
    ['settings.shutdown', 'SHUTDOWN_DELAY_SECONDS', { SHUTDOWN_DELAY_SECONDS: '0' }],
    ['settings.reserve', 'GATRA_DISK_RESERVE_BYTES', { GATRA_DISK_RESERVE_BYTES: '0' }],
  ] as const)('R65 %s names %s', (id, variable, env) => {
    const checks = check(env);
    expect(failing(checks)).toEqual([id]);
    const found = checks.find((each) => each.id === id);
    expect(found).toMatchObject({ outcome: 'fail', reason: expect.stringContaining(variable) as string });
    for (const value of Object.values(env).filter((text) => text.includes('example') || text.includes('/')))
      expect(found?.reason).not.toContain(value);
  });

  it.each([
    ['settings.encryption', 'DATA_ENCRYPTION_KEY'],
    ['settings.metrics', 'METRICS_TOKEN'],
  ])('R65 %s fails without %s', (id, variable) => {
    const checks = check(
      {},
      SECRETS.filter((name) => name !== variable),
    );
    expect(failing(checks)).toEqual([id]);
    expect(checks.find((each) => each.id === id)?.reason).toContain(variable);
  });

  it('R65 says what it cannot know', () => {
    const checks = check({ GCP_SECRET_MANAGER_PROJECT: '', SECRETS_ROTATION_DAYS: '0', METRICS_PORT: '9100' });
    expect(failing(checks)).toEqual(['settings.secret-manager', 'settings.rotation', 'settings.metrics-port']);
    expect(checks.some(({ outcome }) => outcome === 'fail')).toBe(false);
    expect(judgeAll(SETTINGS_RULES, { trouble: 'nobody answers' }).every(({ outcome }) => outcome === 'unknown')).toBe(true);
  });
});
