import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.js';
import { isLoopbackHost } from '../secrets/loopback-host.js';
import { parseRedisUrl, UnfitRedisUrl, type RedisTarget } from './redis-target.js';

const NO_CERTIFICATE = 'holds no certificate in PEM';

/** What is said of Redis: two secrets and the configuration. */
export interface RedisSettings extends Readonly<Config['redis']> {
  readonly url: string | null;
  readonly sentinelPassword: string | null;
}

/** A variable, and what is wrong with it or missing beside it; never its value. */
export type RedisFault = readonly [variable: string, reason: string];

/** What is set is complete and fits together, and names a Redis; or none, where nothing is set. */
export function readRedisTarget(settings: RedisSettings): { readonly target: RedisTarget | null; readonly faults: readonly RedisFault[] } {
  const { url, caFile, sentinelUsername, sentinelPassword } = settings;
  try {
    const target = url === null ? null : parseRedisUrl(url);
    const [ca, caFault] = caFile === null ? [] : readAuthorities(caFile);
    const faults = [...faultsOf(target, settings), ...(caFault === undefined ? [] : [['REDIS_CA_FILE', caFault] as const])];
    if (faults.length > 0 || target === null) return { target: null, faults };
    const sentinel = { username: sentinelUsername ?? undefined, password: sentinelPassword ?? undefined };
    return { target: { ...target, tls: target.tls && { ca }, sentinel }, faults };
  } catch (error) {
    if (!(error instanceof UnfitRedisUrl)) throw error;
    return { target: null, faults: [['REDIS_URL', error.message]] };
  }
}

function faultsOf(target: RedisTarget | null, settings: RedisSettings): readonly RedisFault[] {
  const faults = [...faultsOfSentinels(target, settings)];
  if (target && !target.tls && !settings.allowPlaintext && !staysHere(target))
    faults.push(['REDIS_URL', 'must be a rediss URL in production, unless it is one Redis on this machine or REDIS_ALLOW_PLAINTEXT is 1']);
  if (settings.caFile !== null && !target?.tls) faults.push(['REDIS_CA_FILE', 'is set, but REDIS_URL is not a rediss URL']);
  return faults;
}

function faultsOfSentinels(target: RedisTarget | null, { sentinelUsername, sentinelPassword }: RedisSettings): readonly RedisFault[] {
  const name = 'REDIS_SENTINEL_PASSWORD';
  if (sentinelPassword === null) return sentinelUsername === null ? [] : [[name, 'is missing, as REDIS_SENTINEL_USERNAME is set']];
  if (target?.kind === 'sentinel') return [];
  return [[name, 'is set, but REDIS_URL names no Sentinels: redis+sentinel://host[:port],…/master']];
}

/** Sentinels and clusters name other nodes, which may be anywhere. */
function staysHere({ kind, nodes }: RedisTarget): boolean {
  return kind === 'server' && nodes.every(({ host }) => isLoopbackHost({ hostname: host.includes(':') ? `[${host}]` : host }));
}

function readAuthorities(file: string): readonly [ca: string | undefined, fault?: string] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return [undefined, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`];
  }
  try {
    return new X509Certificate(text).raw.length > 0 ? [text] : [undefined, NO_CERTIFICATE];
  } catch {
    return [undefined, NO_CERTIFICATE];
  }
}
