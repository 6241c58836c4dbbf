import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { STEPS_SCHEMA, TENANT_SCHEMA } from '../../src/platform/storage/postgres/postgres-scope.js';
import type { PostgresServer } from './postgres-server.js';

/** Tables of tenants, brought to what a release before or after this one has made of them. */
export interface SchemaSteps {
  /** Does a step that this release does not know: a column more in a table that is written all the time, and a table more. */
  doLaterStep(): Promise<void>;
  /** Takes that step back. */
  undoLaterStep(): Promise<void>;
  /** Takes the last step back that this release knows, with the table that it has made. */
  undoOwnStep(): Promise<void>;
  /** Whether that table is there, everywhere. */
  hasOwnStep(): Promise<boolean>;
}

const LATER = 'zzz-0001-later';
const OWN = { step: 'cases-0003-messages', table: 'alert_message' } as const;

/** Those of an installation on files. */
export function stepsOfFiles(dataDir: () => string): SchemaSteps {
  const inEach = <Result>(work: (db: DatabaseSync) => Result): readonly Result[] =>
    readdirSync(join(dataDir(), 'tenants')).map((tenant) => {
      const db = new DatabaseSync(join(dataDir(), 'tenants', tenant, 'cases.db'), { timeout: 10_000 });
      try {
        return work(db);
      } finally {
        db.close();
      }
    });
  const run = async (script: string): Promise<void> => void inEach((db) => db.exec(script));
  return {
    doLaterStep: () =>
      run(`BEGIN IMMEDIATE; ALTER TABLE alert ADD COLUMN later TEXT; CREATE TABLE later (id TEXT PRIMARY KEY) STRICT;
        INSERT INTO kysely_migration (name, timestamp) VALUES ('${LATER}', '2030-01-01'); COMMIT`),
    undoLaterStep: () =>
      run(
        `BEGIN IMMEDIATE; ALTER TABLE alert DROP COLUMN later; DROP TABLE later; DELETE FROM kysely_migration WHERE name = '${LATER}'; COMMIT`,
      ),
    undoOwnStep: () => run(`BEGIN IMMEDIATE; DROP TABLE ${OWN.table}; DELETE FROM kysely_migration WHERE name = '${OWN.step}'; COMMIT`),
    hasOwnStep: async () =>
      inEach((db) => db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(OWN.table) !== undefined).every(Boolean),
  };
}

/** Those of a database of PostgreSQL. */
export function stepsOfPostgres(server: PostgresServer, database: string): SchemaSteps {
  const run = async (script: string): Promise<void> => void (await server.ask(script, database));
  return {
    doLaterStep: () =>
      run(`ALTER TABLE ${TENANT_SCHEMA}.alert ADD COLUMN later text; CREATE TABLE ${TENANT_SCHEMA}.later (id text PRIMARY KEY);
        INSERT INTO ${STEPS_SCHEMA}.tenants (name, timestamp) VALUES ('${LATER}', '2030-01-01')`),
    undoLaterStep: () =>
      run(`ALTER TABLE ${TENANT_SCHEMA}.alert DROP COLUMN later; DROP TABLE ${TENANT_SCHEMA}.later;
        DELETE FROM ${STEPS_SCHEMA}.tenants WHERE name = '${LATER}'`),
    undoOwnStep: () => run(`DROP TABLE ${TENANT_SCHEMA}.${OWN.table}; DELETE FROM ${STEPS_SCHEMA}.tenants WHERE name = '${OWN.step}'`),
    hasOwnStep: async () => {
      const [found] = await server.ask<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', database, [
        `${TENANT_SCHEMA}.${OWN.table}`,
      ]);
      return found?.there === true;
    },
  };
}
