import type { EventFormat } from '../contracts/security-event.js';
import type { EventShape } from './event-shape.js';
import { auditd, isAuditd } from './formats/auditd.js';
import { cloudtrail, isCloudTrail, isCloudTrailFile } from './formats/cloudtrail.js';
import { ecs, isEcs } from './formats/ecs.js';
import { generic } from './formats/generic.js';
import { isLinuxAuth, lineOf, linuxAuth } from './formats/linux-auth.js';
import { isOcsf, ocsf } from './formats/ocsf.js';
import { isSuricata, suricata } from './formats/suricata.js';
import { isBeats, sysmonBeats, windowsBeats } from './formats/windows-beats.js';
import { isEvtx, sysmonEvtx, windowsEvtx } from './formats/windows-evtx.js';
import { isFlat, sysmonFlat, windowsFlat } from './formats/windows-flat.js';
import { isZeek, zeek, zeekLog } from './formats/zeek.js';
import { isJsonObject, type JsonObject } from './json-object.js';

const FILE_OF_RECORDS = 'a CloudTrail file holds many records: send each as an event of its own';
const NO_WINDOWS_EVENT = 'not a Windows event: it has no event id where Windows events have one';

type Recogniser = (event: JsonObject) => EventShape | string;

const RECOGNISERS: Readonly<Record<EventFormat | 'auto', Recogniser>> = {
  auto: (event) => (isCloudTrailFile(event) ? FILE_OF_RECORDS : shapeByLook(event)),
  windows: (event) => windowsShape(event) ?? NO_WINDOWS_EVENT,
  sysmon: (event) => sysmonShape(event) ?? NO_WINDOWS_EVENT,
  cloudtrail: (event) => {
    if (isCloudTrailFile(event)) return FILE_OF_RECORDS;
    return typeof event['eventName'] === 'string' ? cloudtrail : 'not a CloudTrail record: it has no "eventName"';
  },
  zeek: (event) =>
    isZeek(event) || zeekLog(event) !== undefined ? zeek : 'not a Zeek log entry: neither "_path" nor its fields tell the log',
  suricata: (event) => (typeof event['event_type'] === 'string' ? suricata : 'not an EVE event: it has no "event_type"'),
  ecs: ecsShape,
  ocsf: (event) => (isOcsf(event) ? ocsf : 'not an OCSF event: it has no numeric "class_uid"'),
  'linux-auth': (event) => {
    const isLine = lineOf(event) !== undefined || typeof event['program'] === 'string';
    return isLine ? linuxAuth : 'no log line: it has neither "message" nor "line"';
  },
  auditd: (event) =>
    isAuditd(event, 'anywhere') ? auditd : 'no record of the audit daemon: no "type=… msg=audit(time:serial):" in "message" or "line"',
  generic: () => generic,
};

/**
 * How an event is to be read: by what its sender declared where the event bears that out, or by its shape.
 * @returns the shape, or a sentence saying why the event is of no use as what it was declared to be
 */
export function shapeOf(event: JsonObject, declared: EventFormat | 'auto'): EventShape | string {
  return RECOGNISERS[declared](event);
}

function shapeByLook(event: JsonObject): EventShape {
  const windows = windowsShape(event);
  if (windows !== undefined) return windows;
  if (isCloudTrail(event)) return cloudtrail;
  if (isZeek(event)) return zeek;
  if (isSuricata(event)) return suricata;
  if (isOcsf(event)) return ocsf;
  if (isEcs(event)) return ecs;
  if (isAuditd(event, 'beginning')) return auditd;
  if (isLinuxAuth(event)) return linuxAuth;
  return isAuditd(event, 'anywhere') ? auditd : generic;
}

/** Winlogbeat writes ECS around the Windows event; the Windows event is what rules are written for. */
function ecsShape(event: JsonObject): EventShape | string {
  if (isJsonObject(event['winlog'])) return windowsBeats;
  const isUsable = isEcs(event) || event['@timestamp'] !== undefined || event['event'] !== undefined;
  return isUsable ? ecs : 'not an ECS event: it has neither "@timestamp" nor "event"';
}

function windowsShape(event: JsonObject): EventShape | undefined {
  if (isFlat(event)) return windowsFlat;
  if (isEvtx(event)) return windowsEvtx;
  return isBeats(event) ? windowsBeats : undefined;
}

function sysmonShape(event: JsonObject): EventShape | undefined {
  if (isFlat(event)) return sysmonFlat;
  if (isEvtx(event)) return sysmonEvtx;
  return isBeats(event) ? sysmonBeats : undefined;
}
