import type { EventShape } from '../event-shape.js';
import { isJsonObject, objectMember, type JsonObject } from '../json-object.js';
import { firstTime } from '../parse-time.js';
import type { EventOrigin } from '../../contracts/security-event.js';
import { copyEventData } from './windows-data.js';
import {
  channelOf,
  channelOfProvider,
  originOf,
  processCreationAlias,
  SYSMON_CHANNEL,
  windowsEventId,
  windowsFacts,
  windowsIdentity,
  windowsTerms,
} from './windows.js';

const NOTHING: JsonObject = {};

/** Windows events as Winlogbeat writes them: 7 and later under `winlog`, 6 and earlier at the top. */
export const windowsBeats: EventShape = {
  format: (event) => (origin(event).channel === SYSMON_CHANNEL ? 'sysmon' : 'windows'),
  origin,
  time: (event) => firstTime(dataOf(event)['UtcTime'], event['@timestamp']),
  identity: (event) => {
    const log = logOf(event);
    return windowsIdentity({
      channel: channelName(log),
      eventId: log['event_id'],
      computer: log['computer_name'],
      recordId: log['record_id'] ?? log['record_number'],
      created: event['@timestamp'],
    });
  },
  fields,
  alias: processCreationAlias,
  facts: (event) => windowsFacts(fields(event), logOf(event)['computer_name'], origin(event)),
  terms: (event, terms) => {
    terms.host(logOf(event)['computer_name']);
    windowsTerms(dataOf(event), terms);
  },
};

/** The same, for events that were declared to be Sysmon's. */
export const sysmonBeats: EventShape = { ...windowsBeats, format: () => 'sysmon', origin: (event) => origin(event, SYSMON_CHANNEL) };

/** Tells whether an event is of this layout: it has an event id, and a log name or data, where Winlogbeat puts them. */
export function isBeats(event: JsonObject): boolean {
  const log = logOf(event);
  const isLog = log !== event || log['log_name'] !== undefined || log['event_data'] !== undefined;
  return isLog && !Number.isNaN(windowsEventId(log['event_id']));
}

function origin(event: JsonObject, assumed = ''): EventOrigin {
  const log = logOf(event);
  const channel = channelOf(channelName(log)) || channelOfProvider(providerOf(log)) || assumed;
  return originOf(channel, windowsEventId(log['event_id']), dataOf(event)['EventType']);
}

function fields(event: JsonObject): JsonObject {
  const log = logOf(event);
  const record = Object.create(null) as JsonObject;
  const eventId = windowsEventId(log['event_id']);
  record['Channel'] = channelName(log);
  record['Provider_Name'] = record['SourceName'] = providerOf(log);
  record['Computer'] = log['computer_name'];
  record['EventRecordID'] = log['record_id'] ?? log['record_number'];
  record['Message'] = event['message'];
  record['Task'] = log['task'];
  record['Opcode'] = log['opcode'];
  record['Keywords'] = log['keywords'];
  copyEventData(log['user_data'], record);
  copyEventData(log['event_data'], record);
  record['EventID'] = Number.isNaN(eventId) ? undefined : eventId;
  return record;
}

function logOf(event: JsonObject): JsonObject {
  return objectMember(event, 'winlog') ?? event;
}

function dataOf(event: JsonObject): JsonObject {
  const data = logOf(event)['event_data'];
  return isJsonObject(data) ? data : NOTHING;
}

function channelName(log: JsonObject): unknown {
  return log['channel'] ?? log['log_name'];
}

function providerOf(log: JsonObject): unknown {
  return log['provider_name'] ?? log['source_name'];
}
