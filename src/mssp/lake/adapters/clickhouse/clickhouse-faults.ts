import { ClickHouseError } from '@clickhouse/client';
import type { TenantId } from '../../../../contracts/tenant.js';
import { LakeRefused } from '../../domain/event-lake.js';

/** ClickHouse has not done what was asked of it, and may do it another time. */
export class ClickHouseFault extends Error {
  override readonly name = 'ClickHouseFault';
}

const MISSING_DATABASE = 81;
const MISSING_TABLE = 60;
/** THERE_IS_NO_COLUMN, NO_SUCH_COLUMN_IN_TABLE, UNKNOWN_IDENTIFIER. */
const MISSING_COLUMN = new Set([8, 16, 47]);
/** UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, AUTHENTICATION_FAILED. */
const CREDENTIALS = new Set([192, 193, 194, 516]);
const NOT_ALLOWED = 497;
/** READONLY, SETTING_CONSTRAINT_VIOLATION. */
const CONSTRAINED = new Set([164, 452]);
/**
 * What is the request's own fault, or of a table or server of another kind: what cannot be parsed or converted (6, 25–27, 38, 41, 53, 69, 70, 72, 117), what is
 * not known (36, 42–44, 46, 48, 62, 80, 115, 344, 456, 457), and answers beyond what was asked for (158, 307, 396).
 */
const REFUSED = new Set([6, 25, 26, 27, 36, 38, 41, 42, 43, 44, 46, 48, 53, 62, 69, 70, 72, 80, 115, 117, 158, 307, 344, 396, 456, 457]);
const NAME = /^[A-Z][A-Z0-9_]{1,60}$/;

/**
 * What is said of an error of the client. Of ClickHouse's own words only names of tables, columns and rights are taken, as the rest may be an event's text,
 * another tenant's database or a credential.
 */
export function clickHouseFault(error: unknown, tenant?: TenantId): LakeRefused | ClickHouseFault {
  if (!(error instanceof ClickHouseError)) return new ClickHouseFault(`ClickHouse cannot be used${codeOf(error)}`);
  const code = Number(error.code);
  const reason = refusalOf(code, error.message);
  if (reason !== undefined) return new LakeRefused(`ClickHouse ${reason}${tenant === undefined ? '' : ` for tenant ${tenant}`}`);
  return new ClickHouseFault(`ClickHouse has failed (code ${code}${NAME.test(error.type ?? '') ? ` ${error.type}` : ''})`);
}

function refusalOf(code: number, message: string): string | undefined {
  if (code === MISSING_DATABASE) return 'has no database';
  if (code === MISSING_TABLE) return `has no table${named(/\bgatra_\w{1,64}[`']?\.[`']?(\w{1,64})/, message)}`;
  if (MISSING_COLUMN.has(code)) return `has no column${named(/(?:identifier|column) [`'"]?(\w{1,64})/, message)}`;
  if (CREDENTIALS.has(code)) return 'does not accept the credentials';
  if (code === NOT_ALLOWED) return `does not allow what is needed:${named(/\bgrant ([A-Z][A-Z ]{1,60}?)(?:\(| ON )/, message)}`;
  if (CONSTRAINED.has(code)) return `does not allow the settings of the request (code ${code})`;
  return REFUSED.has(code) ? `refuses the request (code ${code})` : undefined;
}

function named(pattern: RegExp, message: string): string {
  const name = pattern.exec(message)?.[1];
  return name === undefined ? '' : ` ${name}`;
}

/** The code of an error of the network or of TLS. */
function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && NAME.test(code) ? ` (${code})` : '';
}
