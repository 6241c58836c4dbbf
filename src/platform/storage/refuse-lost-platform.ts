import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The platform's database is not what was written: nobody could sign in, and nothing that tenants have stored could be read without the keys in it. */
export class PlatformLostError extends Error {
  override readonly name = 'PlatformLostError';

  /** @param how `is gone`, for example. */
  constructor(how: string, options?: ErrorOptions) {
    super(`The platform's database (platform.db) ${how}. Nothing was changed: restore the data directory from a backup.`, options);
  }
}

/**
 * Where tenants have cases there is a platform's database: one that is gone or empty would be made anew, without their keys, whatever log it has,
 * as SQLite throws away the log of an empty file.
 * @throws PlatformLostError
 */
export function refuseLostPlatform(dataDir: string): void {
  const file = join(dataDir, 'platform.db');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  const tenants = join(dataDir, 'tenants');
  const known = existsSync(tenants) ? readdirSync(tenants) : [];
  if (!known.some((tenant) => existsSync(join(tenants, tenant, 'cases.db')))) return;
  throw new PlatformLostError(`is ${existsSync(file) ? 'empty' : 'gone'}, and tenants' data is there`);
}
