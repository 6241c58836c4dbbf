import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import type { TenantId } from '../../../contracts/tenant.js';

/** Where the tables of all tenants are, and those of the platform, and what is known of both schemas' steps. */
export const TENANT_SCHEMA = 'gatra_tenants';
export const PLATFORM_SCHEMA = 'gatra_platform';
export const STEPS_SCHEMA = 'gatra_steps';

/** The setting that row-level security goes by. */
export const TENANT_SETTING = 'gatra.tenant';
/** The setting that lets a tenant's audit records be deleted, with everything else of it. */
export const ERASING_SETTING = 'gatra.erasing';

/** Whose rows a transaction sees and writes: a tenant's, or the platform's. */
export class PostgresScope {
  private readonly settings: string;
  private readonly lock: string;

  /** @param tenant null for the platform. */
  constructor(readonly tenant: TenantId | null) {
    const schema = tenant === null ? PLATFORM_SCHEMA : TENANT_SCHEMA;
    const name = pg.escapeLiteral(tenant ?? '');
    this.settings = `set_config('search_path', '${schema}', true), set_config('${TENANT_SETTING}', ${name}, true)`;
    this.lock = `pg_advisory_xact_lock(hashtextextended(${pg.escapeLiteral(`${schema} ${tenant ?? ''}`)}, 0))`;
  }

  /** Begins a transaction that writes, for whoever excludes the others by other means. */
  get begin(): string {
    return `BEGIN; SELECT ${this.settings}`;
  }

  /** Begins a transaction that only reads. What is set in it ends with it. */
  get beginReading(): string {
    return `BEGIN READ ONLY; SELECT ${this.settings}`;
  }

  /** Begins a transaction that writes, once no other one in this scope does, in whichever process. */
  get beginWriting(): string {
    return `BEGIN; SELECT ${this.settings}; SELECT ${this.lock}`;
  }
}

/** Tells whether a statement only reads. Where it cannot be told, it writes; the database refuses a wrong answer. */
export function onlyReads({ query, sql }: Pick<CompiledQuery, 'query' | 'sql'>): boolean {
  if (query.kind === 'SelectQueryNode') return true;
  return query.kind === 'RawNode' && /^\s*(select|with)\b/i.test(sql) && !/\b(insert|update|delete)\b/i.test(sql);
}
