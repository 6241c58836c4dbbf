import type { EventShape } from '../event-shape.js';
import { isJsonObject, objectMember, type JsonObject } from '../json-object.js';
import { firstTime } from '../parse-time.js';
import type { EventOrigin } from '../../contracts/security-event.js';
import { copyEventData, copyUserData } from './windows-data.js';
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

/** Windows events as XML turned into JSON: `{"Event": {"System": …, "EventData": …}}`, as evtx_dump writes them. */
export const windowsEvtx: EventShape = {
  format: (event) => (origin(event).channel === SYSMON_CHANNEL ? 'sysmon' : 'windows'),
  origin,
  time: (event) => firstTime(dataOf(event)['UtcTime'], createdOf(event)),
  identity: (event) => {
    const system = systemOf(event);
    return windowsIdentity({
      channel: system['Channel'],
      eventId: system['EventID'],
      computer: system['Computer'],
      recordId: system['EventRecordID'],
      created: createdOf(event),
    });
  },
  fields,
  alias: processCreationAlias,
  facts: (event) => windowsFacts(fields(event), systemOf(event)['Computer'], origin(event)),
  terms: (event, terms) => {
    terms.host(systemOf(event)['Computer']);
    const data = dataOf(event);
    windowsTerms('Data' in data || data === NOTHING ? fields(event) : data, terms);
  },
};

/** The same, for events that were declared to be Sysmon's. */
export const sysmonEvtx: EventShape = { ...windowsEvtx, format: () => 'sysmon', origin: (event) => origin(event, SYSMON_CHANNEL) };

/** Tells whether an event is of this layout: it has an event id in `Event.System`. */
export function isEvtx(event: JsonObject): boolean {
  return event['Event'] !== undefined && !Number.isNaN(windowsEventId(systemOf(event)['EventID']));
}

function origin(event: JsonObject, assumed = ''): EventOrigin {
  const system = systemOf(event);
  const channel = channelOf(system['Channel']) || channelOfProvider(attribute(system, 'Provider', 'Name')) || assumed;
  return originOf(channel, windowsEventId(system['EventID']), dataOf(event)['EventType']);
}

function fields(event: JsonObject): JsonObject {
  const system = systemOf(event);
  const record = Object.create(null) as JsonObject;
  for (const name in system) if (typeof system[name] !== 'object') record[name] = system[name];
  record['Provider_Name'] = attribute(system, 'Provider', 'Name');
  record['SystemTime'] = createdOf(event);
  const body = objectMember(event, 'Event') ?? NOTHING;
  copyUserData(body['UserData'], record);
  copyEventData(body['EventData'], record);
  const eventId = windowsEventId(system['EventID']);
  record['EventID'] = Number.isNaN(eventId) ? undefined : eventId;
  return record;
}

function systemOf(event: JsonObject): JsonObject {
  const body = event['Event'];
  const system = isJsonObject(body) ? body['System'] : undefined;
  return isJsonObject(system) ? system : NOTHING;
}

function dataOf(event: JsonObject): JsonObject {
  const body = event['Event'];
  const data = isJsonObject(body) ? body['EventData'] : undefined;
  return isJsonObject(data) ? data : NOTHING;
}

function createdOf(event: JsonObject): unknown {
  const system = systemOf(event);
  const created = system['TimeCreated'];
  return typeof created === 'string' ? created : attribute(system, 'TimeCreated', 'SystemTime');
}

/** An XML attribute in the ways that converters write it. */
function attribute(system: JsonObject, element: string, name: string): unknown {
  const value = system[element];
  if (isJsonObject(value)) {
    const attributes = value['#attributes'];
    return (isJsonObject(attributes) ? attributes[name] : undefined) ?? value[name] ?? value[`@${name}`];
  }
  const apart = system[`${element}_attributes`];
  return isJsonObject(apart) ? apart[name] : undefined;
}
