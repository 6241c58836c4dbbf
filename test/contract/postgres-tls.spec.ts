import { databaseSteps } from '../../src/database-steps.js';
import { openPostgres } from '../../src/platform/storage/postgres/open-postgres.js';
import { Certificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { describeWith } from '../support/redis-server.js';

describeWith(['openssl'], 'PostgreSQL over TLS', () => {
  describeWithPostgres('whose certificate is verified', (server) => {
    const certificates = new Certificates();
    afterAll(() => certificates.remove());

    it('R06 is worked with where it is signed by the authorities that the URL names, and refused otherwise', async () => {
      const [own, other] = [certificates.make(), certificates.write('other.pem', certificates.make().cert)];
      certificates.place(own);
      const database = await server().database();
      const opening = async (caFile: string): Promise<void> => {
        const app = `${server().url(database, 'gatra_app')}?sslmode=verify-full&sslrootcert=${caFile}`;
        await (await openPostgres({ app, owner: null }, databaseSteps)).close();
      };
      await expect(opening(certificates.certFile)).rejects.toThrow(/cannot be reached \(The server does not support SSL connections\)/);
      await server().serveTls(own);
      await eventually(() => opening(certificates.certFile));
      await expect(opening(other)).rejects.toThrow(
        /^the database that DATABASE_URL names cannot be reached \([A-Z_]*SELF_SIGNED[A-Z_]*\)$/,
      );
    });
  });
});
