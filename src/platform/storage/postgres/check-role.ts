import type pg from 'pg';
import type { DatabaseSteps } from '../databases.js';
import { refuseUnknownSteps } from '../migrations.js';
import { SCHEMAS, stepsDone, stepsOf } from './migrate-postgres.js';

/** A database that the application must not work with as it is. The message says what to do, and holds no URL. */
export class PostgresRefused extends Error {
  override readonly name = 'PostgresRefused';
}

interface RolePowers {
  readonly role: string;
  readonly is_super: boolean;
  readonly bypasses: boolean;
  readonly owns: boolean;
}

/**
 * Looks at who the application is in the database, and at the tables, before anything is asked of them.
 * @throws PostgresRefused where row-level security would not bind the role, or the tables are not those of this version.
 * @throws StoreVersionError where a later version of the program has worked on them.
 */
export async function checkRole(client: Pick<pg.ClientBase, 'query'>, steps: DatabaseSteps): Promise<void> {
  const { rows } = await client.query<RolePowers>(
    `SELECT rolname AS role, rolsuper AS is_super, rolbypassrls AS bypasses,
       EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = ANY ($1) AND pg_has_role(current_user, nspowner, 'MEMBER'))
       OR EXISTS (SELECT 1 FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1))
         AND pg_has_role(current_user, relowner, 'MEMBER')) AS owns
     FROM pg_roles WHERE rolname = current_user`,
    [Object.values(SCHEMAS)],
  );
  const [powers] = rows;
  if (powers?.is_super) throw refusal(powers, 'is a superuser');
  if (powers?.bypasses) throw refusal(powers, 'has BYPASSRLS');
  if (powers?.owns) throw refusal(powers, 'owns the tables, or is a member of the role that does');
  for (const owner of ['platform', 'tenants'] as const) {
    const done = await stepsDone(client, owner);
    const known = stepsOf(steps, owner);
    refuseUnknownSteps(done, known);
    const missing = Object.keys(known).find((name) => !done.includes(name));
    if (missing === undefined) continue;
    throw new PostgresRefused(
      `the database that DATABASE_URL names lacks the step ${missing}: set DATABASE_MIGRATION_URL to the role that owns the tables, for one start at least`,
    );
  }
}

function refusal({ role }: RolePowers, why: string): PostgresRefused {
  return new PostgresRefused(
    `the role ${role} of DATABASE_URL ${why}, so that nothing would keep tenants apart: name an ordinary role there, and the owner in DATABASE_MIGRATION_URL`,
  );
}
