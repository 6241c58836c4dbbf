import { BigQueryServer, missingBigQuery, PROJECT } from '../support/bigquery-server.js';
import { describeUnless } from '../support/describe-unless.js';
import { lakeOutage } from '../support/lake-outage.js';

const OUTAGE_MS = 1_000 * Number(process.env['LAKE_OUTAGE_SECONDS'] ?? 5);

const suite = (): void => {
  let server: BigQueryServer;
  beforeAll(async () => {
    server = await BigQueryServer.start(true);
  }, 90_000);
  afterAll(() => server.stop());

  /** Asks the view that shows each event once, a page after the other. */
  const ids = async (tenant: string): Promise<readonly string[]> => {
    const query = `SELECT CONCAT(batch_id, '.', CAST(idx AS STRING)) AS id FROM gatra_${tenant.replaceAll('-', '_')}.events_once
      WHERE received_at > TIMESTAMP_MICROS(0)`;
    const found: string[] = [];
    let answer = await server.ask('POST', '/queries', { query, useLegacySql: false, maxResults: 10_000 });
    for (;;) {
      const {
        rows = [],
        pageToken,
        jobReference,
      } = answer as {
        rows?: { f: { v: string }[] }[];
        pageToken?: string;
        jobReference?: { jobId: string };
      };
      found.push(...rows.map(({ f }) => f[0]?.v ?? ''));
      if (pageToken === undefined || jobReference === undefined) return found;
      answer = await server.ask('GET', `/queries/${jobReference.jobId}?maxResults=10000&pageToken=${encodeURIComponent(pageToken)}`);
    }
  };

  it(
    'costs no answer: events are kept, the circuit opens, and everything is there once when it is back',
    async () => {
      const { rest, host, port } = server.endpoint;
      const outcome = await lakeOutage(
        {
          env: {
            EVENT_LAKE: 'bigquery',
            GCP_PROJECT_ID: PROJECT,
            GCP_BIGQUERY_ENDPOINT: rest,
            GCP_BIGQUERY_STORAGE_ENDPOINT: `http://${host}:${port}`,
            METADATA_SERVER_DETECTION: 'none',
          },
          dependency: 'bigquery',
          kill: () => server.kill(),
          begin: () => server.begin(),
          ids,
        },
        OUTAGE_MS,
      );
      process.stdout.write(
        `${outcome.acknowledged} events, all there ${(outcome.drainedMs / 1_000).toFixed(1)} s after the lake was back\n`,
      );
      expect(outcome).toMatchObject({ refused: 0, missing: 0, beyond: 0 });
      expect(outcome.states).toContain('open');
    },
    OUTAGE_MS + 300_000,
  );
};

describeUnless(missingBigQuery(), 'a lake in BigQuery that is killed under load', suite, 'emulator');
