import type { TenantCaps } from '../tenancy/tenant-caps.js';
import type { ResilienceSettings } from '../resilience/policy-settings.js';
import type { ServiceName } from '../service-auth/service-name.js';

/** Everything that the app is told from outside, read once at start. Holds no secrets, so that it can be shown. */
export interface Config {
  readonly environment: 'development' | 'production';
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly corsOrigins: readonly string[];
    /** Address blocks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
    readonly trustedProxies: readonly string[];
    /** Connections that one address may have open; those proxies have no such limit. */
    readonly connectionsPerAddress: number;
    /** PEM files of certificate chain and key; without, the app serves plain HTTP and leaves TLS to who stands before it. */
    readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  };
  readonly dataDir: string;
  readonly tenantsFile: string;
  /** Rule files, directories and archives besides the starter pack. */
  readonly rules: readonly string[];
  readonly starterRules: string;
  /** Directory with the filters of single tenants, one directory each; null where they have none. */
  readonly filters: string | null;
  /** File with what placeholders of rules stand for; null where they stand for nothing. */
  readonly placeholders: string | null;
  readonly playbooks: string;
  /** How often the samples of rules are sent to see whether they are live; 0 for never. */
  readonly liveness: { readonly everySeconds: number };
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'text' };
  readonly ingest: {
    readonly maxEvents: number;
    readonly maxBytes: number;
    /** Worker threads that parse, inspect and store. */
    readonly workers: number;
    /** Bound of what detection remembers of field values in each of them, in bytes. */
    readonly detectionCacheBytes: number;
  };
  /** Where events are kept: in the data directory, or in PostgreSQL beside the cases. */
  readonly events: { readonly store: 'files' | 'postgres' };
  readonly database: {
    /** Whether a PostgreSQL on another machine may be spoken to without TLS. */
    readonly allowPlaintext: boolean;
  };
  readonly redis: {
    /** Whether a Redis on another machine may be spoken to without TLS. */
    readonly allowPlaintext: boolean;
    /** PEM file of the authorities that its certificates are checked against; null for those that the system trusts. */
    readonly caFile: string | null;
    /** Who Sentinels are told that this is, where they know users. */
    readonly sentinelUsername: string | null;
  };
  readonly rateLimits: {
    /** Instances that share the limits while Redis is away. */
    readonly instances: number;
    /** Requests a minute from one address, whoever it is. */
    readonly addressPerMinute: number;
    /** Requests a minute with one credential. */
    readonly credentialPerMinute: number;
  };
  /** What this process does; the agents that it leaves out are services of their own. */
  readonly roles: readonly ServiceName[];
  /** Where agents run that are services of their own; null for those of this process. */
  readonly agents: { readonly taaUrl: string | null; readonly craUrl: string | null; readonly claUrl: string | null };
  /** Address blocks (CIDR) and host names that are not public and may be called. */
  readonly outbound: { readonly allow: readonly string[] };
  readonly intel: {
    /** Places of lists. */
    readonly feeds: readonly string[];
    /** File that says more of feeds; null where there is none. */
    readonly feedsFile: string | null;
    readonly refreshSeconds: number;
    /** Lists of what is no sign of anything, for all tenants or for one: `acme-corp=PATH`. */
    readonly allowLists: readonly string[];
    /** Least confidence of what is matched, 0 to 1. */
    readonly leastConfidence: number;
    /** How far back stored events are compared with new indicators, and how long after those came it begins, in milliseconds; null where they are not. */
    readonly retro: { readonly lookBackMs: number; readonly delayMs: number } | null;
  };
  /** STIX bundle of ATT&CK; null where there is none. */
  readonly attack: { readonly bundleFile: string | null };
  readonly tokens: {
    /** What our own tokens are signed with. */
    readonly algorithm: TokenAlgorithm;
    /** File that names the identity providers whose tokens are taken; null where there are none. */
    readonly oidcIssuersFile: string | null;
  };
  /** Most that one tenant may have of each. */
  readonly caps: TenantCaps;
  /** Most streams of events that are open at once, all tenants' together. */
  readonly streams: { readonly most: number };
  /** Whole months of events that tenants keep who say nothing of it; null where all of them are kept. */
  readonly retention: { readonly eventMonths: number | null };
  /** Where events are kept for long; null where nowhere but here. `retentionDays` is null where they are kept for ever. */
  readonly lake: (ClickHouseConfig | BigQueryConfig) | null;
  readonly approvals: { readonly expirySeconds: number; readonly quorums: { readonly medium: number; readonly high: number } };
  readonly apiKeys: {
    /** Longest life of an API key. */
    readonly maxDays: number;
  };
  readonly auth: {
    /** Different wrong credentials that one address, or one key id, may try in a row. */
    readonly failureLimit: number;
    /** How often revocations are read while the signal between instances is there. */
    readonly revocationPollSeconds: number;
  };
  readonly service: {
    /** What this process is called among the services. */
    readonly name: ServiceName;
    /** Services whose signatures are taken. */
    readonly senders: readonly ServiceName[];
    /** Seconds that a signature's time may differ from ours, either way. */
    readonly skewSeconds: number;
  };
  readonly audit: {
    /** Hours between two checks of all audit logs; 0 for none. */
    readonly verifyHours: number;
  };
  readonly storage: {
    /** Bytes that are kept free for what must still fit when the disk is full; 0 for none. */
    readonly reserveBytes: number;
  };
  readonly drain: {
    /** How long requests are served as before once readiness is false. */
    readonly delaySeconds: number;
    /** How long all of a stop may take. */
    readonly graceSeconds: number;
  };
  readonly shedding: {
    /** Standing delays beyond which requests are refused at the door: of the event loop, and of events from their arrival to their answer. */
    readonly loopDelayMs: number;
    readonly queueDelayMs: number;
  };
  readonly secrets: {
    /** The secrets file. */
    readonly file: string;
    /** Time between two reads of the secrets. */
    readonly refreshSeconds: number;
    /** How long a new version is only accepted before it is used. */
    readonly activationSeconds: number;
    /** Age at which the schedule rotates; 0 where there is no schedule. */
    readonly rotationDays: number;
    /** Secret Manager, where it is used. `prefix` goes before a secret's name to make its id; `endpoint` is null for Google's own. */
    readonly manager: { readonly project: string; readonly prefix: string; readonly endpoint: CloudEndpoint | null } | null;
  };
  /** Google Cloud Pub/Sub, where it is used; `endpoint` is null for Google's own. */
  readonly pubsub: {
    readonly project: string;
    readonly endpoint: CloudEndpoint | null;
    /** Whether alerts and their changes go to their tenants' topics. */
    readonly publishesAlerts: boolean;
    /** Whether topics that are missing are made. */
    readonly createsTopics: boolean;
    /** File that says which subscriptions bring events, and of which tenants; null where none does. */
    readonly subscriptionsFile: string | null;
  } | null;
  /** How what is outside is called, by kind. */
  readonly resilience: ResilienceSettings;
  readonly tracing: {
    /** Base URL of the collector that spans go to (OTLP over HTTP); null where none are recorded. */
    readonly endpoint: string | null;
    readonly serviceName: string;
    readonly sampler: TraceSampler;
    /** Share of traces that are kept, from 0 to 1, where the sampler goes by it. */
    readonly ratio: number;
    /** How long the collector may take. */
    readonly timeoutMs: number;
    /** Most spans that wait to be sent. */
    readonly mostWaiting: number;
    readonly delayMs: number;
  };
  readonly metrics: {
    /** Tenants that have series of their own; the others share one. */
    readonly mostTenants: number;
    /** Port that serves `/metrics` alone, without a credential; null where there is none. */
    readonly port: number | null;
    readonly host: string;
  };
  readonly build: {
    /** Commit that the app was built from, where it was told. */
    readonly commit: string | null;
  };
}

/** A ClickHouse; its password is a secret. */
export interface ClickHouseConfig {
  readonly kind: 'clickhouse';
  readonly retentionDays: number | null;
  readonly url: string;
  readonly username: string;
  /** PEM file of the authorities that its certificate is checked against; null for those that the system trusts. */
  readonly caFile: string | null;
}

/** BigQuery. */
export interface BigQueryConfig {
  readonly kind: 'bigquery';
  readonly retentionDays: number | null;
  readonly project: string;
  /** Where datasets are made. */
  readonly location: string;
  readonly writer: 'storage-write' | 'insert-all';
  /** The most that one query may read. */
  readonly maximumBytesBilled: number;
  /** Key of Cloud KMS that new datasets are encrypted with. */
  readonly kmsKey: string | null;
  /** Where it is spoken to that is not at Google's own addresses: the REST API by its URL, the Storage Write API by host and port. */
  readonly endpoint: { readonly rest: string; readonly host: string; readonly port: number; readonly plain: boolean } | null;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Levels that the log can be set to while the app runs: it cannot be silenced. */
export const SETTABLE_LOG_LEVELS = LOG_LEVELS.filter((level) => level !== 'silent');

/** `EdDSA`: Ed25519 keys derived from `JWT_SECRET`. `HS256`: the secret itself. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'HS256'] as const;

/** Which traces are kept: what the caller says of one that it began, else all, none, or a share. */
export const TRACE_SAMPLERS = ['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;

export type TraceSampler = (typeof TRACE_SAMPLERS)[number];

export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where a service of Google's is that is not at Google's own address. */
export interface CloudEndpoint {
  readonly host: string;
  readonly port: number;
  /** Whether it is spoken to without TLS and without credentials, as an emulator is. */
  readonly plain: boolean;
}
