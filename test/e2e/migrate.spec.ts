import { tmpdir } from 'node:os';
import { onPostgres } from '../support/postgres-app.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { runGatra } from '../support/run-gatra.js';

describeWithPostgres('gatra migrate', (server) => {
  const migrate = (env: Readonly<Record<string, string>>): ReturnType<typeof runGatra> =>
    runGatra(['migrate'], { ENVIRONMENT: 'production', GATRA_DATA_DIR: tmpdir(), ...env });

  it('R61 makes the tables for processes that do not know their owner, however often, and needs no other secret', async () => {
    const { database, env } = await onPostgres(server());
    const { DATABASE_URL = '' } = env;
    const early = await runGatra(['audit', 'verify', '--data-dir', tmpdir()], { ENVIRONMENT: 'production', DATABASE_URL });
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining('set DATABASE_MIGRATION_URL') });
    for (const _ of ['first', 'second']) expect(await migrate(env)).toEqual({ code: 0, out: 'the tables are up to date\n', err: '' });
    const late = await runGatra(['audit', 'verify', '--data-dir', tmpdir()], { ENVIRONMENT: 'production', DATABASE_URL });
    expect(late.code).toBe(0);
    const owners = await server().ask<{ owner: string }>(
      "SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname LIKE 'gatra%'",
      database,
    );
    expect(owners).toEqual([{ owner: 'gatra_owner' }]);
  });

  it('OPS-10 names what it misses, and shows no value', async () => {
    const { env } = await onPostgres(server());
    const { DATABASE_URL = '' } = env;
    for (const given of [{}, { DATABASE_URL }]) {
      const { code, out, err } = await migrate(given);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/DATABASE_URL and DATABASE_MIGRATION_URL must both be set/);
      expect(err).not.toContain('postgres://');
    }
    const elsewhere = await migrate({ ...env, DATABASE_MIGRATION_URL: 'postgres://gatra_owner:word@db.example/gatra' });
    expect(elsewhere).toMatchObject({ code: 1, err: expect.stringMatching(/DATABASE_MIGRATION_URL must end in \?sslmode=verify-full/) });
    expect(elsewhere.err).not.toContain('word');
  });
});
