import { isLoopbackHost } from '../../secrets/loopback-host.js';
import type { PostgresUrls } from './open-postgres.js';

/** What is said of PostgreSQL: two secrets and the configuration. */
export interface PostgresSettings {
  /** DATABASE_URL */
  readonly app: string | null;
  /** DATABASE_MIGRATION_URL */
  readonly owner: string | null;
  /** Whether a server on another machine may be spoken to without TLS. */
  readonly allowPlaintext: boolean;
  /** Whether events are to be in it too. */
  readonly hasEvents: boolean;
}

/** A variable, and what is wrong with it; never its value. */
export type PostgresFault = readonly [variable: string, reason: string];

const LONGEST = 4_096;
const FORM = 'postgres://user:password@host[:port]/database';

/** What is set is complete and names databases; null where nothing is set. */
export function readPostgresUrls(settings: PostgresSettings): {
  readonly urls: PostgresUrls | null;
  readonly faults: readonly PostgresFault[];
} {
  const { app, owner, allowPlaintext, hasEvents } = settings;
  if (app === null && hasEvents) return { urls: null, faults: [['DATABASE_URL', 'is missing, as EVENT_STORE is postgres']] };
  if (app === null) return { urls: null, faults: owner === null ? [] : [['DATABASE_URL', 'is missing, as DATABASE_MIGRATION_URL is set']] };
  const urls = [['DATABASE_URL', app] as const, ...(owner === null ? [] : [['DATABASE_MIGRATION_URL', owner] as const])];
  const faults = urls.flatMap(([name, url]) => {
    const fault = faultOf(url, allowPlaintext);
    return fault === undefined ? [] : [[name, fault] as const];
  });
  return { urls: faults.length === 0 ? { app, owner } : null, faults };
}

function faultOf(text: string, allowPlaintext: boolean): string | undefined {
  const url = text.length <= LONGEST && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) return `is not a URL of the form ${FORM}`;
  if (url.username === '' || url.hostname === '') return `names no user or no host: ${FORM}`;
  if (!/^\/[^/]+$/.test(url.pathname)) return `names no database: ${FORM}`;
  return isLoopbackHost(url) ? undefined : faultOfTheWay(url, allowPlaintext);
}

function faultOfTheWay({ password, searchParams }: URL, allowPlaintext: boolean): string | undefined {
  if (password === '' && !searchParams.has('sslcert')) return `has no password: ${FORM}`;
  if (allowPlaintext || searchParams.get('sslmode') === 'verify-full') return undefined;
  return 'must end in ?sslmode=verify-full in production, unless it is on this machine or DATABASE_ALLOW_PLAINTEXT is 1';
}
