import { FactSheet } from '../event-facts.js';
import { eventIdentity, identityPart } from '../event-identity.js';
import type { EventShape } from '../event-shape.js';
import { ipVersion } from '../ip-address.js';
import type { JsonObject } from '../json-object.js';
import { sourceOrigin } from '../origin-cache.js';
import { firstTime } from '../parse-time.js';
import { explicitIdentity } from './generic.js';
import { readAuthMessage } from './linux-auth-message.js';
import { readSyslogLine } from './syslog-header.js';

/** Longest part of a line that is read; the rest is kept in the event and searched, not understood. */
const MAX_LINE = 2_048;

/** Members that hold the raw line, `MESSAGE` being the journal's. */
const LINE_MEMBERS = ['message', 'line', 'MESSAGE', 'msg', 'log'] as const;

/** Programs whose lines make an event of unknown source one of this format. */
const AUTH_LINE =
  /^<\d{1,3}>1 \S{1,64} \S{1,255} (?:sshd(?:-session)?|sudo|su|login) |\b(?:sshd(?:-session)?|sudo|su|login|systemd-logind|useradd|groupadd|usermod|passwd)(?:\(pam_\w{1,32}\))?(?:\[\d{1,10}\])?: |\bpam_\w{1,32}\(/;

/** Services of Sigma's product `linux` that a program has for itself; the lines of others belong to `auth`. */
const SERVICE_OF_PROGRAM: ReadonlyMap<string, string> = new Map([
  ['sshd', 'sshd'],
  ['sshd-session', 'sshd'],
  ['sudo', 'sudo'],
  ['cron', 'cron'],
  ['crond', 'cron'],
  ['vsftpd', 'vsftpd'],
]);

/**
 * Lines of the Linux authentication log, each inside a JSON object (`{"message": "…"}`, `{"line": "…"}`, journal entries).
 * What the line tells stands beside it as fields: `program`, `pid`, `hostname`, `user`, `target_user`, `src_ip`, `src_port`,
 * `action`, `outcome`, `command`; members that the event brings itself win.
 */
export const linuxAuth: EventShape = {
  prepare: withLineFields,
  format: () => 'linux-auth',
  origin: (event) => sourceOrigin('linux', serviceOf(event['program'])),
  time: (event) =>
    firstTime(event['_line_time'], event['@timestamp'], event['timestamp'], event['__REALTIME_TIMESTAMP'], event['time'], event['ts']),
  identity: (event) => {
    const cursor = identityPart(event['__CURSOR']);
    return cursor === undefined ? explicitIdentity(event) : eventIdentity('journal', cursor);
  },
  fields: (event) => event,
  facts: (event) =>
    new FactSheet()
      .set('action', event['action'])
      .outcome(event['outcome'] === 'success' ? true : event['outcome'] === 'failure' ? false : undefined)
      .set('host', event['hostname'], event['host'], event['_HOSTNAME'])
      .set('user', event['user'])
      .otherUser(event['target_user'])
      .set('src_ip', event['src_ip'])
      .set('process', event['program'])
      .set('command_line', event['command']).facts,
  terms: (event, terms) => {
    terms.host(event['hostname'] ?? event['host'] ?? event['_HOSTNAME']);
    terms.user(event['user']);
    terms.user(event['target_user']);
    terms.ip(event['src_ip']);
    terms.process(event['program']);
  },
};

/** The raw line of an event, or `undefined`. */
export function lineOf(event: JsonObject): string | undefined {
  for (const name of LINE_MEMBERS) {
    const value = event[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** Tells whether an event is a line of an authentication log by its shape. */
export function isLinuxAuth(event: JsonObject): boolean {
  const line = lineOf(event);
  return line !== undefined && AUTH_LINE.test(line.slice(0, 512));
}

function withLineFields(event: JsonObject, receivedAt: number): JsonObject {
  const record = Object.create(null) as JsonObject;
  const line = lineOf(event);
  if (line !== undefined) {
    const { time, host, program, pid, message } = readSyslogLine(detached(line), receivedAt);
    const sender = program ?? event['program'] ?? event['SYSLOG_IDENTIFIER'];
    const name = typeof sender === 'string' ? sender.slice(sender.lastIndexOf('/') + 1) : undefined;
    Object.assign(record, { hostname: host, program: name, pid }, readAuthMessage(name, message));
    if (!Number.isNaN(time)) record['_line_time'] = time;
    setSource(record);
  }
  for (const own in event) if (event[own] !== undefined) record[own] = event[own];
  return record;
}

/** Drops the colon that may follow an address; sshd with `UseDNS` writes names where addresses are expected. */
function setSource(record: JsonObject): void {
  const written = record['src_ip'];
  if (typeof written !== 'string') return;
  const source = /[^:]:$/.test(written) ? written.slice(0, -1) : written;
  const isAddress = ipVersion(source) !== 0;
  record['src_ip'] = isAddress ? source : undefined;
  if (!isAddress && source !== '') record['src_host'] = source;
}

/** The readable part of a line as text of its own, so that what is cut from it does not keep a long event in memory. */
function detached(line: string): string {
  return line.length <= MAX_LINE ? line : Buffer.from(line.slice(0, MAX_LINE)).toString();
}

function serviceOf(program: unknown): string {
  return (typeof program === 'string' ? SERVICE_OF_PROGRAM.get(program.toLowerCase()) : undefined) ?? 'auth';
}
