import 'reflect-metadata';
import { parse as parseQuery } from 'node:querystring';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { parseCidr } from '../../src/ada/domain/sigma/cidr.js';
import { SigmaError } from '../../src/ada/domain/sigma/sigma-error.js';
import { isTenantId } from '../../src/contracts/tenant.js';
import { ActionListQuery } from '../../src/cra/containment.dto.js';
import { EnvelopeError } from '../../src/events/envelope-error.js';
import { parseIpAddress, parseIpBlock } from '../../src/events/ip-block.js';
import { isRejection, parseEvent } from '../../src/events/parse-event.js';
import { parseTime } from '../../src/events/parse-time.js';
import { splitEnvelope } from '../../src/events/split-envelope.js';
import { countLines, splitLines } from '../../src/events/split-lines.js';
import { AlertListQuery } from '../../src/mssp/cases/alert-list.dto.js';
import { IncidentListQuery } from '../../src/mssp/cases/incident-list.dto.js';
import { EventQuery } from '../../src/mssp/ingest/event-query.dto.js';
import { AuditListQuery } from '../../src/platform/audit/audit.dto.js';
import { clientAddress, readBlocks } from '../../src/platform/http/client-address.js';
import { duplicateName } from '../../src/platform/http/duplicate-names.js';
import { expectedVersion } from '../../src/platform/http/expected-version.js';
import { isTime } from '../../src/platform/http/is-time.js';
import { timeBounds } from '../../src/platform/http/time-bounds.js';
import { timePositionIn } from '../../src/platform/http/sort.js';
import { MESSAGE_SIGNATURE_HEADERS, readHead, SERVICE_HEADERS } from '../../src/platform/service-auth/domain/message-head.js';
import { readMessageSignature } from '../../src/platform/service-auth/domain/message-signature.js';
import { readServiceSignature } from '../../src/platform/service-auth/domain/service-signature-headers.js';
import { SignatureRefused } from '../../src/platform/service-auth/domain/signature-refused.js';
import { decodeCursor } from '../../src/platform/http/page.js';
import { isAllowanceEntry, readAllowance } from '../../src/platform/outbound/allowance.js';
import { checkOutboundUrl } from '../../src/platform/outbound/check-outbound-url.js';
import { Problem } from '../../src/platform/problems/problem.js';
import { IndicatorError } from '../../src/taa/domain/indicator-error.js';
import { compileLinearMatcher } from '../../src/taa/adapters/linear-text-matcher.js';
import { readIndicatorDocument } from '../../src/taa/domain/indicator-document.js';
import { compilePattern } from '../../src/taa/domain/stix/compile-pattern.js';
import { readPattern } from '../../src/taa/domain/stix/read-pattern.js';
import { StixPatternError } from '../../src/taa/domain/stix/stix-pattern-error.js';
import type { FuzzedParser } from './parser-fuzz.js';

const NOW = Date.parse('2026-01-15T09:30:00Z');
const PROXIES = readBlocks(['10.0.0.0/8']);
const ALLOWANCE = readAllowance(['10.0.0.0/8', 'tickets.corp']);
const STIX = JSON.stringify({
  type: 'bundle',
  id: 'bundle--1',
  objects: [
    {
      type: 'indicator',
      id: 'indicator--1',
      spec_version: '2.1',
      pattern_type: 'stix',
      pattern: "[ipv4-addr:value = '203.0.113.7']",
      valid_from: '2026-01-01T00:00:00Z',
    },
  ],
});
/** Headers of the given names, of which a text has a value a line. */
const headersOf = (names: readonly string[], text: string): ReadonlyMap<string, string> => {
  const lines = text.split('\n');
  return new Map(names.map((name, at) => [name, lines[at] ?? '']));
};
const EVENTS = [
  '{"@timestamp":"2026-01-15T09:30:00Z","message":"m","host":{"name":"h"},"event":{"category":"process"},"ecs":{"version":"8.0"}}',
  '{"message":"Nov 21 10:00:00 web01 sshd[811]: Accepted password for root from 203.0.113.9 port 40022 ssh2"}',
  '{"message":"<34>1 2026-01-15T09:30:00Z h sudo 1 - - u : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh"}',
  '{"EventID":4624,"Channel":"Security","Computer":"DC1","EventData":{"TargetUserName":"a","LogonType":"3"}}',
  '{"Event":{"System":{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"},"EventData":{"Image":"C:\\\\a.exe"}}}',
  '{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"PutBucketAcl","eventTime":"2026-01-15T09:30:00Z"}',
  '{"ts":1768469400.1,"uid":"C1","id.orig_h":"10.0.0.1","id.resp_h":"8.8.8.8","_path":"conn"}',
  '{"timestamp":"2026-01-15T09:30:00.000000+0000","event_type":"alert","src_ip":"10.0.0.1","alert":{"signature":"x"}}',
  '{"message":"type=EXECVE msg=audit(1768469400.250:811): argc=2 a0=\\"cat\\" a1=2F746D702F612062\\ntype=USER_CMD msg=audit(1768469400.250:811): msg=\'cmd=6C73 res=success\'"}',
  '{"class_uid":3002,"metadata":{"version":"1.1.0"},"time":1768469400000,"activity_id":1}',
];

/** Every parser of what comes from outside. */
export const FUZZED: readonly FuzzedParser[] = [
  {
    name: 'cursors',
    seeds: ['WyJhIiwxXQ', 'W10', 'WzEsMl0'],
    parse: (text) => decodeCursor(text, ['string', 'number']),
    throws: Problem,
  },
  { name: 'If-Match', seeds: ['"1"', 'W/"2"', '*'], parse: (text) => expectedVersion(text, undefined), throws: Problem },
  { name: 'times', seeds: ['2026-01-15T09:30:00Z', '1768469400', 'Jan 15 2026'], parse: (text) => [isTime(text), parseTime(text)] },
  {
    name: 'lines',
    seeds: ['{"a":1}\n{"b":2}\r\n\n', '\ufeff{}\n'],
    parse: (text) => {
      const [slices, count] = [splitLines(Buffer.from(text)), countLines(Buffer.from(text))];
      if (slices.length !== count) throw new Error(`${slices.length} lines, counted ${count}`);
    },
  },
  {
    name: 'envelopes',
    seeds: [`{"source":"generic","events":[${EVENTS[0]}, {"a":[1,{"b":"]}"}]}]}`],
    parse: (text) => splitEnvelope(Buffer.from(text), 50),
    throws: EnvelopeError,
  },
  ...(['auto', 'windows', 'linux-auth', 'auditd', 'cloudtrail', 'zeek', 'suricata', 'ecs', 'ocsf', 'generic'] as const).map((format) => ({
    name: `events (${format})`,
    seeds: EVENTS,
    parse: (text: string) => {
      const event = parseEvent(text, { index: 0, declared: format, receivedAt: NOW });
      return isRejection(event) ? event : [event.normalized, event.entities, [...event.values()]];
    },
  })),
  {
    name: 'indicator lists and STIX bundles',
    seeds: [STIX, '203.0.113.7 # x\nevil.example\n', '[{"type":"indicator"}]'],
    parse: (text) => readIndicatorDocument(text, compileLinearMatcher),
    throws: IndicatorError,
  },
  {
    name: 'STIX patterns',
    seeds: [
      "[ipv4-addr:value = '203.0.113.7']",
      "[file:hashes.'SHA-256' = 'aa' OR url:value IN ('http://a/','b')]",
      "([a:b_ref.c[*] MATCHES '^x+$'] FOLLOWEDBY [a:b LIKE '%']) WITHIN 5 SECONDS",
    ],
    parse: (text) => compilePattern(readPattern(text), compileLinearMatcher),
    throws: StixPatternError,
  },
  {
    name: 'address blocks',
    seeds: ['10.0.0.0/8', '::ffff:1.2.3.4/104', '2001:db8::/32'],
    parse: (text) => [parseIpBlock(text), parseIpAddress(text), isAllowanceEntry(text), readAllowance([text])],
  },
  { name: 'address blocks of rules', seeds: ['10.0.0.0/8', 'fe80::1%eth0/64'], parse: parseCidr, throws: SigmaError },
  {
    name: 'forwarded addresses',
    seeds: ['1.2.3.4, 10.0.0.1', '[2001:db8::1]:443', '10.0.0.1:80,'],
    parse: (text) => clientAddress({ socketAddress: '10.0.0.2', forwardedFor: text }, PROXIES),
  },
  {
    name: 'outbound URLs',
    seeds: ['https://hooks.example:8443/a?b#c', 'http://0x7f.1/', 'http://[::ffff:a9fe:a9fe]/', 'http://u:p@h/'],
    parse: (text) => checkOutboundUrl(text, ALLOWANCE),
  },
  {
    name: 'targets and headers of signed requests',
    seeds: [
      'GET\n/api/v1/alerts?q=%20x&limit=5\nX-Tenant-ID: acme-corp\nIdempotency-Key: k-1\nX-Correlation-ID: c',
      'POST\n/api//v1/../events\nContent-Type: application/json\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ],
    parse: (text) => {
      const [method = '', target = '', ...lines] = text.split('\n');
      const rawHeaders = lines.flatMap((line) => [line.split(':')[0] ?? '', line.split(':').slice(1).join(':')]);
      const { headers } = readHead({ method, target, rawHeaders, isEncrypted: false });
      return isTenantId(headers.get('x-tenant-id'));
    },
    throws: SignatureRefused,
  },
  {
    name: 'signatures between services',
    seeds: [`mssp\n1763719200\nAAECAwQFBgcICQoLDA0ODw\nabcdefghijklmnop\nv1=${'ab'.repeat(32)},v1=${'cd'.repeat(32)}`],
    parse: (text) => readServiceSignature({ headers: headersOf(SERVICE_HEADERS, text) }),
    throws: SignatureRefused,
  },
  {
    name: 'message signatures',
    seeds: [
      'gatra=:q83vEjRWeJA=:\ngatra=("@method" "@path" "content-digest");created=1763719200;nonce="AAECAwQFBgcICQoLDA0ODw";keyid="k";tag="gatra/mssp"',
    ],
    parse: (text) => readMessageSignature({ headers: headersOf(MESSAGE_SIGNATURE_HEADERS, text) }),
    throws: SignatureRefused,
  },
  ...[AlertListQuery, EventQuery, IncidentListQuery, ActionListQuery, AuditListQuery].map((type) => ({
    name: `list filters (${type.name})`,
    seeds: [
      'status=new,open&severity=high&severity=critical&entity=host%3Aws-17&limit=50&sort=-created_at',
      'from=2026-01-15T09:30:00Z&to=2026-02-30T24:00:00%2B01:00&cursor=WyJhIiwxXQ&q=a%20b',
      'technique=T1059&tactic=execution&actor=a&action=b&kind=c&from=275761-01-01T00:00:00Z',
    ],
    parse: (text: string) => {
      const query: { from?: string; to?: string; cursor?: string } = plainToInstance<object, object>(type, { ...parseQuery(text) });
      if (validateSync(query, { whitelist: true }).length > 0) return undefined;
      return [timeBounds(query.from, query.to), query.cursor === undefined ? undefined : timePositionIn(query.cursor)];
    },
    throws: Problem,
  })),
  {
    name: 'names in bodies',
    seeds: ['{"a":{"b":[{"c":"}\\""}]}}'],
    parse: (text) => duplicateName(JSON.stringify({ [text]: [text, { a: text }] })),
  },
];
