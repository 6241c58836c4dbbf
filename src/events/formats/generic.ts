import type { EventOrigin } from '../../contracts/security-event.js';
import { ciscoService } from './cisco-message.js';
import { cloudOrigin, googleAuditField } from './cloud-record.js';
import { eventIdentity, identityPart, type EventIdentity } from '../event-identity.js';
import { FactSheet } from '../event-facts.js';
import type { EventShape } from '../event-shape.js';
import { isJsonObject, member, type JsonObject } from '../json-object.js';
import { sourceName, sourceOrigin } from '../origin-cache.js';
import { parseTime } from '../parse-time.js';
import { readPath } from '../field-path.js';

/**
 * Events of no known format, read by the names that many sources use. An event may say itself which Sigma log source it
 * belongs to, by `product`, `service` and `category` at the top or inside `logsource`; a Cisco system message and records of some
 * clouds are known by their form.
 */
export const generic: EventShape = {
  format: () => 'generic',
  origin: (event) => {
    const source = isJsonObject(event['logsource']) ? event['logsource'] : event;
    const product = sourceName(source['product']);
    const known = product === undefined ? originByLook(event) : undefined;
    return known ?? sourceOrigin(product, sourceName(source['service']), sourceName(source['category']));
  },
  time: genericTime,
  identity: explicitIdentity,
  fields: (event) => event,
  alias: googleAuditField,
  facts: (event) =>
    new FactSheet()
      .set('action', event['action'], event['event_type'], event['type'])
      .set('host', ...first(event, HOSTS))
      .set('user', ...first(event, USERS))
      .set('src_ip', ...first(event, SOURCES))
      .set('dst_ip', ...first(event, DESTINATIONS))
      .port(event['dst_port'] ?? event['dest_port'] ?? event['DestinationPort'])
      .set('domain', event['domain'], event['query'], event['dns_query'])
      .set('url', event['url'])
      .set('process', event['process'], event['process_name'], event['Image'], event['exe'])
      .set('parent_process', event['parent_process'], event['ParentImage'])
      .set('command_line', event['command_line'], event['CommandLine'], event['cmdline'])
      .set('file', event['file'], event['file_path'], event['TargetFilename']).facts,
  terms: (event, terms) => {
    for (const value of first(event, HOSTS)) terms.host(value);
    for (const value of first(event, USERS)) terms.user(value);
    for (const value of first(event, SOURCES)) terms.ip(value);
    for (const value of first(event, DESTINATIONS)) terms.ip(value);
    for (const value of first(event, HASHES)) terms.hash(value);
    terms.process(event['process'] ?? event['process_name'] ?? event['Image'] ?? event['exe']);
  },
};

function originByLook(event: JsonObject): EventOrigin | undefined {
  const cisco = ciscoService(event);
  return cisco === undefined ? cloudOrigin(event) : sourceOrigin('cisco', cisco === '' ? undefined : cisco);
}

const HOSTS = ['host', 'hostname', 'host_name', 'computer', 'Computer', 'Hostname', 'host.name', 'device_name'];
const USERS = ['user', 'username', 'user_name', 'User', 'userName', 'user.name', 'account', 'actor.email_address', 'email'];
const SOURCES = [
  'src_ip',
  'source_ip',
  'sourceIPAddress',
  'client_ip',
  'ip',
  'ip_address',
  'remote_addr',
  'SourceIp',
  'source.ip',
  'actor.ip_address',
];
const DESTINATIONS = ['dst_ip', 'dest_ip', 'destination_ip', 'DestinationIp', 'destination.ip', 'server_ip'];
const HASHES = ['hash', 'md5', 'sha1', 'sha256', 'Hashes'];

/** Identity of an event of any format that names itself by `event_id` (text, or a number beside nothing of Windows). */
export function explicitIdentity(event: JsonObject): EventIdentity | null {
  const id = identityPart(member(event, 'event_id'));
  return id === undefined ? null : eventIdentity('event_id', id);
}

/** Names under which sources keep the time of an event, the surest first. */
const TIMES = [
  'timestamp',
  '@timestamp',
  'time',
  'ts',
  'event_time',
  'eventTime',
  'EventTime',
  'UtcTime',
  'datetime',
  'date',
  'published',
  'created_at',
  'createdAt',
  'created',
  'occurred_at',
  'isotimestamp',
  'messageTime',
  'receiveTimestamp',
  'generatedDateTime',
  'unixTime',
  'event.timestamp',
  'event.created',
  'id.time',
  'p_event_time',
];

/** Time under the names that sources use for it. */
export function genericTime(event: JsonObject): number {
  for (const name of TIMES) {
    const time = parseTime(name.includes('.') ? readPath(event, name) : event[name]);
    if (!Number.isNaN(time)) return time;
  }
  return Number.NaN;
}

function first(event: JsonObject, names: readonly string[]): unknown[] {
  const values: unknown[] = [];
  for (const name of names) {
    const value = name.includes('.') ? readPath(event, name) : event[name];
    if (typeof value === 'string') values.push(value);
  }
  return values;
}
