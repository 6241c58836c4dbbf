import type { Entity } from './entity.js';

/** Formats that events arrive in; `auto` in a request means that each event is classified by its shape. */
export const EVENT_FORMATS = [
  'windows',
  'sysmon',
  'cloudtrail',
  'zeek',
  'suricata',
  'ecs',
  'ocsf',
  'linux-auth',
  'auditd',
  'generic',
] as const;

export type EventFormat = (typeof EVENT_FORMATS)[number];

/**
 * Where an event comes from, in the terms that Sigma log sources are resolved with.
 * Events of equal `key` are routed to the same rules, so the key holds everything that routing looks at.
 */
export interface EventOrigin {
  readonly key: string;
  /** Sigma `product`: `windows`, `linux`, `aws`, `zeek` … */
  readonly product?: string;
  /** Sigma `service` where the shape tells it: `cloudtrail`, `sshd`, `auth`, `dns` … */
  readonly service?: string;
  /** Sigma `category` where the shape tells it by itself: `process_creation`, `webserver` … */
  readonly category?: string;
  /** Windows event channel, lower-cased. */
  readonly channel?: string;
  /** Windows event id. */
  readonly eventId?: number;
  /** Sysmon/registry event type, for example `SetValue`. */
  readonly eventType?: string;
}

/** What every event is brought to, whatever it looked like: the facts that search, entities and statistics are built on. */
export interface NormalizedEvent {
  /** RFC 3339 UTC with milliseconds. */
  readonly time: string;
  readonly format: EventFormat;
  readonly product?: string;
  readonly service?: string;
  readonly action?: string;
  readonly outcome?: 'success' | 'failure';
  readonly host?: string;
  readonly user?: string;
  readonly src_ip?: string;
  readonly dst_ip?: string;
  readonly dst_port?: number;
  readonly domain?: string;
  readonly url?: string;
  readonly process?: string;
  readonly parent_process?: string;
  readonly command_line?: string;
  readonly file?: string;
  readonly hashes?: readonly string[];
  readonly cloud_account?: string;
}

/** One event on its way through detection. Reading a field never throws and never changes the event. */
export interface SecurityEvent {
  /** Position in its request, counted from 0 over all lines or elements, rejected ones included. */
  readonly index: number;
  readonly format: EventFormat;
  readonly origin: EventOrigin;
  /** Event time, milliseconds since the epoch. */
  readonly time: number;
  /** True where the event held no time that could be understood and its arrival time stands in. */
  readonly timeAssumed: boolean;
  /**
   * The value that a rule means by a field name, in the source's own terms (`CommandLine`, `userIdentity.type`, `id.resp_h`);
   * `undefined` where the event has no such field.
   */
  field(name: string): unknown;
  /** All scalar values, for keyword search over the whole event. */
  values(): Iterable<string>;
  /** The JSON text that holds those values, where it is at hand. */
  readonly json?: string;
  readonly normalized: NormalizedEvent;
  readonly entities: readonly Entity[];
}

/** Events of one request of one tenant. */
export interface EventBatch {
  readonly batch_id: string;
  readonly received_at: string;
  readonly events: readonly SecurityEvent[];
}
