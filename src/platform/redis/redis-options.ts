import type { ClusterOptions, RedisOptions } from 'ioredis';
import type { RedisNode, RedisTarget } from './redis-target.js';
import { TlsConnector, TlsSentinelConnector } from './tls-connectors.js';

/** Of a connection to one server. Replies are mapped as usual, which the constructor's type wants to see. */
type ServerOptions = Omit<RedisOptions, 'replyMapping'>;

const CONNECT_MS = 2_000;
/** A server that owes an answer and has sent nothing for so long is taken for dead: the connection is made anew, to whoever has taken its place. */
const SILENCE_MS = 3_000;
const LONGEST_PAUSE_MS = 1_000;
/** How often the map of a cluster is read besides when a node says that a key has moved. */
const MAP_MS = 2_000;

/** Milliseconds until the next attempt to connect. */
export function pauseBefore(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, 50 * attempt);
}

/** What holds for every connection: nothing is sent twice. */
function common({ username, password, tls }: RedisTarget): ServerOptions {
  return {
    username,
    password,
    ...(tls === null ? {} : { tls: { ca: tls.ca }, Connector: TlsConnector }),
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableClientInfo: true,
  };
}

/** What holds where there is one connection: it is made again, and nothing is queued while there is none. */
const ALONE = { enableOfflineQueue: false, retryStrategy: pauseBefore };

/** Of a connection to a server, or to the master that the Sentinels name, which is asked for anew whenever the connection is lost. */
export function serverOptions(target: RedisTarget): ServerOptions {
  const { kind, nodes, master, database, tls, sentinel } = target;
  const options = { ...common(target), ...ALONE, db: database };
  if (kind !== 'sentinel') return { ...options, ...nodes[0] };
  return {
    ...options,
    name: master,
    sentinels: nodes.map((node) => ({ ...node })),
    sentinelUsername: sentinel.username,
    sentinelPassword: sentinel.password,
    sentinelRetryStrategy: pauseBefore,
    sentinelCommandTimeout: CONNECT_MS,
    ...(tls === null ? {} : { sentinelTLS: { ca: tls.ca }, enableTLSForSentinelMode: true, Connector: TlsSentinelConnector }),
    // A master that was made a replica says so; the Sentinels know the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

/** Of a connection to one node of a cluster. */
export function nodeOptions(target: RedisTarget, { host, port }: RedisNode): ServerOptions {
  return { ...common(target), ...ALONE, host, port };
}

/**
 * Of a cluster. What is sent to a node whose connection is being made waits for that one; whoever asks looks first whether the cluster is there at all,
 * and has its own patience. A node that is lost, or a cluster that is down, is an answer: nothing is tried again that may have been carried out.
 */
export function clusterOptions(target: RedisTarget): Omit<ClusterOptions, 'redisOptions'> & { readonly redisOptions: ServerOptions } {
  return {
    redisOptions: common(target),
    enableOfflineQueue: true,
    clusterRetryStrategy: pauseBefore,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshInterval: MAP_MS,
    // Names are kept, so that certificates are checked against them.
    dnsLookup: (address, found) => found(null, address),
  };
}
