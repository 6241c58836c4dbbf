/** A machine and a port. An IPv6 address has no brackets here. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, and how it is spoken to: one server, the master that Sentinels name, or a cluster. Holds secrets. */
export interface RedisTarget {
  readonly kind: RedisKind;
  /** The server; the Sentinels; nodes of the cluster, from which the others are learnt. */
  readonly nodes: readonly RedisNode[];
  /** What Sentinels call the master; empty elsewhere. */
  readonly master: string;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Where it is spoken to over TLS; `ca` is PEM, or undefined for the authorities that the system trusts. */
  readonly tls: { readonly ca: string | undefined } | null;
  /** What the Sentinels themselves ask for. */
  readonly sentinel: { readonly username: string | undefined; readonly password: string | undefined };
}

export type RedisKind = 'server' | 'sentinel' | 'cluster';

/** A text is not the URL of a Redis. The message says what is wrong or missing, and holds nothing of the text. */
export class UnfitRedisUrl extends Error {
  override readonly name = 'UnfitRedisUrl';
}

const LONGEST = 4_096;
const MOST_NODES = 64;
const MOST_DATABASES = 65_536;
const URL_PARTS = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/([^/?#\s]*)(\/[^?#\s]*)?$/;
const NODE = /^(?:\[([\dA-Fa-f:.]{2,45})\]|([\w.-]{1,253}))(?::(\d{1,5}))?$/;
/** What Sentinel itself takes as a name. */
const MASTER = /^[\w.-]{1,200}$/;
const FORMS =
  'redis://[user:password@]host[:port][/number], redis+sentinel://[user:password@]host[:port],…/master[/number] or redis+cluster://[user:password@]host[:port],…, with rediss for TLS';

/**
 * Reads the URL of a Redis: `redis:`, `redis+sentinel:` or `redis+cluster:`, with `rediss` for TLS. User and password are percent-encoded.
 * @throws UnfitRedisUrl
 */
export function parseRedisUrl(text: string): RedisTarget {
  if (text.length > LONGEST) throw new UnfitRedisUrl(`is longer than ${LONGEST} characters`);
  const [, scheme, form, authority = '', path = ''] = URL_PARTS.exec(text.trim()) ?? [];
  if (scheme === undefined) throw new UnfitRedisUrl(`is not a URL of these forms: ${FORMS}`);
  const kind = (form ?? 'server') as RedisKind;
  const at = authority.lastIndexOf('@');
  const nodes = readNodes(authority.slice(at + 1), kind);
  return {
    kind,
    nodes,
    ...readPath(path, kind),
    ...readCredentials(at < 0 ? '' : authority.slice(0, at)),
    tls: scheme === 'rediss' ? { ca: undefined } : null,
    sentinel: { username: undefined, password: undefined },
  };
}

function readNodes(list: string, kind: RedisKind): readonly RedisNode[] {
  if (list === '') throw new UnfitRedisUrl('names no host');
  const texts = list.split(',');
  if (kind === 'server' && texts.length > 1)
    throw new UnfitRedisUrl('names several hosts: several are given with redis+sentinel:// or redis+cluster://');
  if (texts.length > MOST_NODES) throw new UnfitRedisUrl(`names more than ${MOST_NODES} hosts`);
  return texts.map((text, index) => {
    const [, address, name, digits] = NODE.exec(text) ?? [];
    const host = address ?? name;
    const port = Number(digits ?? (kind === 'sentinel' ? 26_379 : 6_379));
    if (host === undefined || port < 1 || port > 65_535)
      throw new UnfitRedisUrl(`has no host[:port] in place ${index + 1} of its hosts (an IPv6 address stands in brackets)`);
    return { host, port };
  });
}

function readPath(path: string, kind: RedisKind): Pick<RedisTarget, 'master' | 'database'> {
  const parts = path.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  const master = kind === 'sentinel' ? parts.shift() : '';
  if (master === undefined) throw new UnfitRedisUrl("lacks the master's name: redis+sentinel://host[:port],…/master");
  if (kind === 'sentinel' && !MASTER.test(master)) throw new UnfitRedisUrl("has a master's name that is not of letters, digits and . _ -");
  const [digits = '0', ...others] = parts;
  const database = Number(digits);
  if (!/^\d{1,5}$/.test(digits) || database >= MOST_DATABASES || others.length > 0)
    throw new UnfitRedisUrl('ends in what is not the number of a database');
  if (kind === 'cluster' && database !== 0) throw new UnfitRedisUrl('names a database, but a cluster has one only');
  return { master, database };
}

function readCredentials(text: string): Pick<RedisTarget, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const [user, secret] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  if (user !== '' && secret === '') throw new UnfitRedisUrl('names a user without a password: a password alone is written :password@');
  try {
    return { username: decodeURIComponent(user) || undefined, password: decodeURIComponent(secret) || undefined };
  } catch {
    throw new UnfitRedisUrl('has a user or password that is not percent-encoded');
  }
}
