import type { EventShape } from '../event-shape.js';
import { member, type JsonObject } from '../json-object.js';
import { parseTime, parseZonedTime, firstTime } from '../parse-time.js';
import type { EventOrigin } from '../../contracts/security-event.js';
import {
  channelOf,
  channelOfProvider,
  isRegistryEvent,
  originOf,
  processCreationAlias,
  SYSMON_CHANNEL,
  windowsEventId,
  windowsFacts,
  windowsIdentity,
  windowsTerms,
} from './windows.js';

/** Windows events as one flat object in the names of Sigma: NXLog, OTRF, rsyslog and many collectors. */
export const windowsFlat: EventShape = {
  format: (event) => (isSysmon(event) ? 'sysmon' : 'windows'),
  origin,
  time: flatTime,
  identity: (event) =>
    windowsIdentity({
      channel: event['Channel'],
      eventId: event['EventID'],
      computer: computerOf(event),
      recordId: event['RecordNumber'] ?? event['EventRecordID'],
      created: event['EventTime'] ?? event['TimeCreated'] ?? event['SystemTime'] ?? event['UtcTime'] ?? event['@timestamp'],
    }),
  fields: (event) => event,
  alias: (fields, name) =>
    name === 'Provider_Name' ? (fields['SourceName'] ?? fields['ProviderName']) : processCreationAlias(fields, name),
  facts: (event) => windowsFacts(event, computerOf(event), origin(event)),
  terms: (event, terms) => {
    terms.host(computerOf(event));
    windowsTerms(event, terms);
    // With Sysmon this is the account that Sysmon itself runs under.
    if (event['UtcTime'] === undefined) terms.account(event['Domain'], event['AccountName']);
  },
};

/** The same, for events that were declared to be Sysmon's: theirs is the channel where they name none. */
export const sysmonFlat: EventShape = { ...windowsFlat, format: () => 'sysmon', origin: (event) => origin(event, SYSMON_CHANNEL) };

/** Tells whether an event is of this layout: it has an event id at the top. */
export function isFlat(event: JsonObject): boolean {
  return event['EventID'] !== undefined && !Number.isNaN(windowsEventId(event['EventID']));
}

function origin(event: JsonObject, assumed = ''): EventOrigin {
  const eventId = windowsEventId(event['EventID']);
  const channel = channelOf(event['Channel']) || assumedChannel(event, assumed);
  return originOf(channel, eventId, isRegistryEvent(eventId) ? event['EventType'] : undefined);
}

function assumedChannel(event: JsonObject, assumed: string): string {
  const channel = channelOfProvider(event['SourceName'] ?? event['Provider_Name'] ?? event['ProviderName']) || assumed;
  return channel === '' && event['ProcessGuid'] !== undefined ? SYSMON_CHANNEL : channel;
}

function isSysmon(event: JsonObject): boolean {
  return origin(event).channel === SYSMON_CHANNEL;
}

function computerOf(event: JsonObject): unknown {
  return event['Hostname'] ?? event['Computer'] ?? event['ComputerName'];
}

/** `EventTime` of NXLog is local time without a zone, so every time that is surely UTC goes before it. */
function flatTime(event: JsonObject): number {
  const utc = parseTime(event['UtcTime']);
  if (!Number.isNaN(utc)) return utc;
  const stamped = parseZonedTime(event['@timestamp']);
  if (!Number.isNaN(stamped)) return stamped;
  const created = parseZonedTime(event['TimeCreated'] ?? event['SystemTime']);
  if (!Number.isNaN(created)) return created;
  return firstTime(event['EventTime'], event['TimeCreated'], event['SystemTime'], event['@timestamp'], member(event, 'timestamp'));
}
