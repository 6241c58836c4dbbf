import { ClickHouseServer, describeWithClickHouse } from '../support/clickhouse-server.js';
import { lakeOutage } from '../support/lake-outage.js';

const OUTAGE_MS = 1_000 * Number(process.env['LAKE_OUTAGE_SECONDS'] ?? 5);

describeWithClickHouse('a lake in ClickHouse that is killed under load', () => {
  let server: ClickHouseServer;
  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server.stop());

  it(
    'costs no answer: events are kept, the circuit opens, and everything is there once when it is back',
    async () => {
      const outcome = await lakeOutage(
        {
          env: {
            EVENT_LAKE: 'clickhouse',
            CLICKHOUSE_URL: server.url,
            CLICKHOUSE_USER: server.username,
            CLICKHOUSE_PASSWORD: server.password,
          },
          dependency: 'clickhouse',
          kill: () => server.kill(),
          begin: () => server.begin(),
          ids: async (tenant) =>
            (
              await server.ask(
                `SELECT concat(toString(batch_id), '.', toString(idx)) FROM gatra_${tenant.replaceAll('-', '_')}.events FINAL`,
              )
            ).split('\n'),
        },
        OUTAGE_MS,
      );
      process.stdout.write(
        `${outcome.acknowledged} events, all there ${(outcome.drainedMs / 1_000).toFixed(1)} s after the lake was back\n`,
      );
      expect(outcome).toMatchObject({ refused: 0, missing: 0, beyond: 0 });
      expect(outcome.states).toContain('open');
    },
    OUTAGE_MS + 240_000,
  );
});
