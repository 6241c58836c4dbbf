import type { EventOrigin } from '../../contracts/security-event.js';
import { FactSheet } from '../event-facts.js';
import { eventIdentity, identityPart, type EventIdentity } from '../event-identity.js';
import type { EventShape } from '../event-shape.js';
import { objectMember, type JsonObject } from '../json-object.js';
import { sourceName, sourceOrigin } from '../origin-cache.js';
import { firstTime } from '../parse-time.js';
import { textFingerprint } from '../text-fingerprint.js';
import { explicitIdentity } from './generic.js';

/**
 * Zeek logs as JSON, with the connection's addresses as `id.orig_h`, nested (`{"id": {"orig_h": …}}`) or `id_orig_h`. Rules
 * find them as `id.orig_h` either way. The Sigma service is the log type, from `_path` or, without it, from telling fields.
 */
export const zeek: EventShape = {
  format: () => 'zeek',
  origin,
  time: (event) => firstTime(event['ts'], event['_write_ts'], event['timestamp'], event['@timestamp']),
  identity: (event) => explicitIdentity(event) ?? uidIdentity(event),
  fields: (event) => event,
  alias: (fields, name) => (name.startsWith('id.') ? fields[`id_${name.slice(3)}`] : undefined),
  facts: (event) =>
    new FactSheet()
      .set('action', event['action'], event['operation'], event['method'], event['note'], event['name'])
      .outcome(outcome(event))
      .set('user', event['user'], event['username'], event['client'])
      .set('src_ip', originator(event), event['src'], ...listed(event['tx_hosts']))
      .set('dst_ip', responder(event), event['dst'], ...listed(event['rx_hosts']))
      .port(responderPort(event) ?? event['p'])
      .set('domain', event['query'], event['server_name'], zeekLog(event) === 'http' ? event['host'] : undefined)
      .set('url', event['uri'])
      .set('file', event['filename'], event['path'])
      .hashes(hashes(event))
      .otherHost(event['hostname'])
      .otherHost(event['host_name'])
      .otherHost(event['server_dns_computer_name']).facts,
  terms: (event, terms) => {
    terms.ip(originator(event) ?? event['src']);
    terms.ip(responder(event) ?? event['dst']);
    terms.user(event['user'] ?? event['username']);
    terms.host(event['hostname'] ?? event['host_name']);
    for (const hash of hashes(event)) terms.hash(hash);
  },
};

/** Fields that only one log type has, for logs that were written without `_path`; asked in this order. */
const TELLING_FIELDS: readonly (readonly [field: string, log: string])[] = [
  ['conn_state', 'conn'],
  ['qtype_name', 'dns'],
  ['rcode_name', 'dns'],
  ['user_agent', 'http'],
  ['status_code', 'http'],
  ['conn_uids', 'files'],
  ['mime_type', 'files'],
  ['certificate.subject', 'x509'],
  ['named_pipe', 'dce_rpc'],
  ['share_type', 'smb_mapping'],
  ['ntlm_success', 'ntlm'],
  ['server_nb_computer_name', 'ntlm'],
  ['request_type', 'kerberos'],
  ['auth_attempts', 'ssh'],
  ['cipher', 'ssl'],
  ['security_protocol', 'rdp'],
  ['mailfrom', 'smtp'],
  ['note', 'notice'],
  ['query', 'dns'],
];

/** Log type of a Zeek event, or `undefined` where nothing tells it. */
export function zeekLog(event: JsonObject): string | undefined {
  const named = sourceName(event['_path'] ?? event['@stream']);
  if (named !== undefined) return named;
  return TELLING_FIELDS.find(([field]) => event[field] !== undefined)?.[1];
}

/** Tells whether an event is Zeek's by its shape. */
export function isZeek(event: JsonObject): boolean {
  if (event['ts'] === undefined) return false;
  return (
    typeof event['_path'] === 'string' ||
    event['@proc'] === 'zeek' ||
    originator(event) !== undefined ||
    typeof event['conn_uids'] === 'object'
  );
}

function origin(event: JsonObject): EventOrigin {
  return sourceOrigin('zeek', zeekLog(event));
}

function originator(event: JsonObject): unknown {
  return event['id.orig_h'] ?? event['id_orig_h'] ?? objectMember(event, 'id')?.['orig_h'];
}

function responder(event: JsonObject): unknown {
  return event['id.resp_h'] ?? event['id_resp_h'] ?? objectMember(event, 'id')?.['resp_h'];
}

function responderPort(event: JsonObject): unknown {
  return event['id.resp_p'] ?? event['id_resp_p'] ?? objectMember(event, 'id')?.['resp_p'];
}

/** Which of several lines of one connection, time and log type it is. */
const DISCRIMINATORS = [
  'trans_depth',
  'trans_id',
  'tid',
  'query',
  'name',
  'addl',
  'note',
  'operation',
  'action',
  'command',
  'analyzer',
  'fuid',
  'path',
] as const;
const MAX_DISCRIMINATOR = 24;

/** A connection has many lines in most logs, so its uid is an identity only together with what tells the lines apart. */
function uidIdentity(event: JsonObject): EventIdentity | null {
  const uid = identityPart(event['uid']);
  const time = identityPart(event['ts']);
  const log = zeekLog(event);
  if (uid === undefined || time === undefined || log === undefined) return null;
  let key = `${time}|${uid}`;
  for (const name of DISCRIMINATORS) {
    const part = identityPart(event[name]);
    if (part !== undefined) key += `|${part.length > MAX_DISCRIMINATOR ? textFingerprint(part) : part}`;
    else if (event[name] !== undefined && typeof event[name] === 'string') return null;
  }
  return eventIdentity(`zeek|${log}`, key);
}

function outcome(event: JsonObject): boolean | undefined {
  const value = event['success'] ?? event['auth_success'];
  return typeof value === 'boolean' ? value : undefined;
}

function hashes(event: JsonObject): string[] {
  return [event['md5'], event['sha1'], event['sha256'], event['hassh']].filter((value) => typeof value === 'string');
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
