import { FactSheet } from '../event-facts.js';
import { eventIdentity, identityPart, type EventIdentity } from '../event-identity.js';
import type { EventShape } from '../event-shape.js';
import { ipVersion } from '../ip-address.js';
import type { JsonObject } from '../json-object.js';
import { sourceOrigin } from '../origin-cache.js';
import { firstTime } from '../parse-time.js';
import { textFingerprint } from '../text-fingerprint.js';
import { isAuditText, readAuditRecords } from './auditd-records.js';
import { explicitIdentity } from './generic.js';
import { lineOf } from './linux-auth.js';
import { readSyslogLine } from './syslog-header.js';

const LONGEST_BEFORE = 512;
const MOST_ARGUMENTS = 256;
const LONGEST_COMMAND = 8_192;

/**
 * Records of the Linux audit daemon as it writes them (`type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="cat" a1=2F746D702F6120`), each inside a JSON
 * object (`{"message": "…"}`), or those of one event in one text, a line each. Rules find fields by the names in the records, `type` being a record's
 * type; a name that several records have has all of their values. Names of the record win over members of the event.
 */
export const auditd: EventShape = {
  prepare: withRecordFields,
  isReadFromText: true,
  format: () => 'auditd',
  origin: () => sourceOrigin('linux', 'auditd'),
  time: (event) => firstTime(event['_audit_time'], event['@timestamp'], event['timestamp'], event['time'], event['ts']),
  identity: auditIdentity,
  fields: (event) => event,
  facts: (event) =>
    new FactSheet()
      .set('action', first(event['op']), first(event['SYSCALL']), first(event['type']))
      .outcome(outcome(event))
      .set('host', event['_audit_host'])
      .set('user', ...names(event))
      .set('src_ip', address(event))
      .set('process', first(event['exe']))
      .set('command_line', command(event))
      .set('file', first(event['name'])).facts,
  terms: (event, terms) => {
    terms.host(event['_audit_host']);
    for (const name of names(event)) terms.user(name);
    terms.ip(address(event));
    terms.process(first(event['exe']));
  },
};

/**
 * Tells whether an event is a record of the audit daemon by its shape.
 * @param where the record may be: what others write can hold what strangers have chosen, a record among it, but not begin with it
 */
export function isAuditd(event: JsonObject, where: 'beginning' | 'anywhere'): boolean {
  const line = lineOf(event);
  return line !== undefined && isAuditText(line, where);
}

function withRecordFields(event: JsonObject, receivedAt: number): JsonObject {
  const record = Object.create(null) as JsonObject;
  for (const own in event) if (event[own] !== undefined) record[own] = event[own];
  const records = readAuditRecords(lineOf(event) ?? '');
  if (records === undefined) return record;
  for (const name in records.fields) record[name] = records.fields[name];
  record['_audit_time'] = new Date(records.time).toISOString();
  record['_audit_key'] = `${records.time}:${records.serial}|${textFingerprint(records.text)}`;
  record['_audit_host'] = hostOf(event, records.before, receivedAt);
  return record;
}

/** The daemon names the machine itself where it is told to; else whoever passed the record on does. */
function hostOf(event: JsonObject, before: string, receivedAt: number): string | undefined {
  const node = before.indexOf('node=');
  if (node !== -1) return before.slice(node + 5).split(' ', 1)[0];
  const own = [event['hostname'], event['host'], event['_HOSTNAME']].find((value) => typeof value === 'string');
  return own ?? readSyslogLine(before.slice(0, LONGEST_BEFORE), receivedAt).host;
}

/** Serial numbers begin anew when a machine is started, and records of one event share theirs. */
function auditIdentity(event: JsonObject): EventIdentity | null {
  const key = identityPart(event['_audit_key']);
  const host = identityPart(event['_audit_host']);
  return key === undefined ? explicitIdentity(event) : eventIdentity(`auditd|${host?.toLowerCase() ?? ''}`, key);
}

function outcome(event: JsonObject): boolean | undefined {
  const said = first(event['success']) ?? first(event['res']);
  if (said === 'yes' || said === 'success' || said === '1') return true;
  return said === 'no' || said === 'failed' || said === '0' ? false : undefined;
}

/** Who did it: whom a program names, who had logged in, whom the process runs as. Numbers are no names. */
function names(event: JsonObject): string[] {
  const said = [event['acct'], event['AUID'], event['UID'], event['EUID']].map(first);
  return said.filter((name) => name !== undefined && name !== 'unset' && !/^\d+$/.test(name)) as string[];
}

function address(event: JsonObject): string | undefined {
  const said = first(event['addr']);
  return said !== undefined && ipVersion(said) !== 0 ? said : undefined;
}

/** The command line: what was started with its arguments, what a program ran for somebody, or the process's title. */
function command(event: JsonObject): string | undefined {
  if (event['argc'] === undefined) return first(event['cmd']) ?? first(event['proctitle']);
  const parts: string[] = [];
  for (let number = 0; number < MOST_ARGUMENTS; number += 1) {
    const values = event[`a${number}`];
    const part: unknown = Array.isArray(values) ? values.at(-1) : values;
    if (typeof part !== 'string') break;
    parts.push(part);
  }
  return parts.join(' ').slice(0, LONGEST_COMMAND);
}

function first(value: unknown): string | undefined {
  const said: unknown = Array.isArray(value) ? value[0] : value;
  return typeof said === 'string' && said !== '?' && said !== '(null)' ? said : undefined;
}
