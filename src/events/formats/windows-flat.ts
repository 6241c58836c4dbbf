import type { EventShape } from '../event-shape.js';
import { member, type JsonObject } from '../json-object.js';
import { parseTime, parseZonedTime, firstTime } from '../parse-time.js';
import type { EventOrigin } from '../../contracts/security-event.js';
import {
  channelOf,
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
      recordId: event['EventRecordID'] ?? event['RecordNumber'],
      created: event['EventTime'] ?? event['TimeCreated'] ?? event['SystemTime'] ?? event['UtcTime'] ?? event['@timestamp'],
    }),
  fields: (event) => event,
  alias: (fields, name) =>
    name === 'Provider_Name' ? (fields['SourceName'] ?? fields['ProviderName']) : processCreationAlias(fields, name),
  facts: (event) => windowsFacts(event, computerOf(event), origin(event)),
  terms: (event, terms) => {
    terms.host(computerOf(event));
    terms.account(event['Domain'], event['AccountName']);
    windowsTerms(event, terms);
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
  let channel = channelOf(event['Channel'], event['SourceName'] ?? event['Provider_Name'] ?? event['ProviderName']);
  if (channel === '') channel = assumed !== '' || event['ProcessGuid'] === undefined ? assumed : SYSMON_CHANNEL;
  return originOf(channel, eventId, event['EventType']);
}

function isSysmon(event: JsonObject): boolean {
  return origin(event).channel === SYSMON_CHANNEL;
}

function computerOf(event: JsonObject): unknown {
  return event['Computer'] ?? event['Hostname'] ?? event['ComputerName'];
}

/** `EventTime` of NXLog is local time without a zone, so every time that is surely UTC goes before it. */
function flatTime(event: JsonObject): number {
  const utc = parseTime(event['UtcTime']);
  if (!Number.isNaN(utc)) return utc;
  for (const value of [event['@timestamp'], event['TimeCreated'], event['SystemTime']]) {
    const time = parseZonedTime(value);
    if (!Number.isNaN(time)) return time;
  }
  return firstTime(event['EventTime'], event['TimeCreated'], event['SystemTime'], event['@timestamp'], member(event, 'timestamp'));
}
