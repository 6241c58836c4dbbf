import { readConfig } from './environment.js';
import { EnvironmentError } from './variable-reader.js';

describe('readConfig', () => {
  it('names every bad variable at once and never its value', () => {
    const read = (): unknown => readConfig({ PORT: 'eighty', ENVIRONMENT: 'staging', LOG_LEVEL: 'loud' });
    expect(read).toThrow(EnvironmentError);
    try {
      read();
    } catch (error) {
      expect((error as EnvironmentError).faults.map((fault) => fault.split(' ')[0])).toEqual(['ENVIRONMENT', 'PORT', 'LOG_LEVEL']);
      expect((error as Error).message).not.toMatch(/eighty|staging|loud/);
    }
  });

  it('is production, and open to the network, unless told otherwise', () => {
    expect(readConfig({})).toMatchObject({ environment: 'production', http: { host: '0.0.0.0', port: 8080 } });
    expect(readConfig({ ENVIRONMENT: 'development' }).http.host).toBe('127.0.0.1');
  });

  it.each([
    ['SHUTDOWN_DELAY_SECONDS', { SHUTDOWN_DELAY_SECONDS: '30', SHUTDOWN_GRACE_SECONDS: '30' }],
    ['TLS_KEY_FILE', { TLS_CERT_FILE: '/run/h7Gq2mZp' }],
    ['TLS_CERT_FILE', { TLS_KEY_FILE: '/run/h7Gq2mZp' }],
    ['EVENT_RETENTION_MONTHS', { EVENT_RETENTION_MONTHS: '2' }],
    ['GATRA_ROLES', { GATRA_ROLES: 'mssp,taa,cra,cla' }],
    ['TAA_URL', { GATRA_ROLES: 'mssp,ada,cra,cla' }],
    ['CLICKHOUSE_URL', { EVENT_LAKE: 'clickhouse' }],
    ['CLICKHOUSE_URL', { EVENT_LAKE: 'clickhouse', CLICKHOUSE_URL: 'http://h7Gq2mZp.example' }],
    ['GCP_PROJECT_ID', { EVENT_LAKE: 'bigquery' }],
    [
      'GCP_BIGQUERY_ENDPOINT',
      { EVENT_LAKE: 'bigquery', GCP_PROJECT_ID: 'soc', GCP_BIGQUERY_ENDPOINT: 'https://h7Gq2mZp', GCP_ALLOW_ENDPOINT_OVERRIDE: 'true' },
    ],
    ['GCP_PUBSUB_PROJECT', { GCP_PUBSUB_SUBSCRIPTIONS_FILE: '/run/h7Gq2mZp' }],
    ['GCP_PUBSUB_ENDPOINT', { GCP_PUBSUB_PROJECT: 'soc', GCP_PUBSUB_ENDPOINT: 'http://h7Gq2mZp' }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://jo:h7Gq2mZp@spans.example' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'h7Gq2mZp' }],
  ])('OPS-10 refuses by %s what does not fit together: %j', (name, env) => {
    try {
      readConfig(env as unknown as Readonly<Record<string, string>>);
      throw new Error('it was taken');
    } catch (error) {
      const { faults } = error as EnvironmentError;
      expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
      expect(faults.join()).not.toContain('h7Gq2mZp');
    }
  });
});
