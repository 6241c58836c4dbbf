import { FactSheet } from '../event-facts.js';
import { eventIdentity, identityPart } from '../event-identity.js';
import type { EventShape } from '../event-shape.js';
import { ipVersion } from '../ip-address.js';
import { objectMember, type JsonObject } from '../json-object.js';
import { sourceOrigin } from '../origin-cache.js';
import { firstTime } from '../parse-time.js';
import { explicitIdentity } from './generic.js';

const NOTHING: JsonObject = {};

/** Records of AWS CloudTrail, one an event (a file's `{"Records": […]}` is many). */
export const cloudtrail: EventShape = {
  format: () => 'cloudtrail',
  origin: () => sourceOrigin('aws', 'cloudtrail'),
  time: (event) => firstTime(event['eventTime'], event['@timestamp'], event['timestamp']),
  identity: (event) => {
    const id = identityPart(event['eventID']);
    return id === undefined ? explicitIdentity(event) : eventIdentity('cloudtrail', `${identityPart(event['eventTime']) ?? ''}|${id}`);
  },
  fields: (event) => event,
  facts: (event) => {
    const identity = objectMember(event, 'userIdentity') ?? NOTHING;
    return new FactSheet()
      .set('action', event['eventName'])
      .outcome(succeeded(event))
      .set('user', userOf(identity), event['userName'])
      .set('src_ip', ...addressOf(event))
      .set('url', objectMember(event, 'tlsDetails')?.['clientProvidedHostHeader'])
      .set('cloud_account', event['recipientAccountId'], identity['accountId'], accountOf(identity['arn'])).facts;
  },
  terms: (event, terms) => {
    const identity = objectMember(event, 'userIdentity') ?? NOTHING;
    terms.user(userOf(identity));
    for (const address of addressOf(event)) terms.ip(address);
  },
};

/** Tells whether an event is CloudTrail's by its shape. */
export function isCloudTrail(event: JsonObject): boolean {
  return typeof event['eventName'] === 'string' && typeof event['eventSource'] === 'string';
}

/** Tells whether it is a file of records, which is not one event. */
export function isCloudTrailFile(event: JsonObject): boolean {
  return Array.isArray(event['Records']);
}

/** The person or role behind a call: a user's name, the role that a session was issued for, else what the ARN ends in. */
function userOf(identity: JsonObject): string | undefined {
  if (typeof identity['userName'] === 'string') return identity['userName'];
  const session = objectMember(identity, 'sessionContext');
  const issuer = session === undefined ? undefined : objectMember(session, 'sessionIssuer');
  if (typeof issuer?.['userName'] === 'string') return issuer['userName'];
  const arn = identity['arn'];
  if (typeof arn === 'string') return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
  return identity['type'] === 'Root' ? 'root' : undefined;
}

/** Account of an ARN: its fifth part (`arn:aws:iam::123456789012:user/alice`). */
function accountOf(arn: unknown): string | undefined {
  const account = typeof arn === 'string' ? arn.split(':', 6)[4] : undefined;
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}

/** The caller's address; AWS services are named instead of having one. */
function addressOf(event: JsonObject): string[] {
  const address = event['sourceIPAddress'];
  return typeof address === 'string' && ipVersion(address) !== 0 ? [address] : [];
}

function succeeded(event: JsonObject): boolean {
  if (typeof event['errorCode'] === 'string' || typeof event['errorMessage'] === 'string') return false;
  const response = objectMember(event, 'responseElements');
  return response === undefined || !Object.values(response).includes('Failure');
}
