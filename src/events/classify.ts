import type { EventFormat } from '../contracts/security-event.js';
import type { EventShape } from './event-shape.js';
import { generic } from './formats/generic.js';
import { sysmonBeats, windowsBeats } from './formats/windows-beats.js';
import { sysmonEvtx, windowsEvtx } from './formats/windows-evtx.js';
import { sysmonFlat, windowsFlat } from './formats/windows-flat.js';
import { windowsEventId } from './formats/windows.js';
import { isJsonObject, type JsonObject } from './json-object.js';

/**
 * How an event is to be read: by what its sender declared where the event bears that out, or by its shape.
 * @returns the shape, or a sentence saying why the event is of no use as what it was declared to be
 */
export function shapeOf(event: JsonObject, declared: EventFormat | 'auto'): EventShape | string {
  if (declared === 'windows' || declared === 'sysmon')
    return windowsShape(event, declared === 'sysmon') ?? 'no Windows event: it has no event id where Windows events have one';
  if (declared === 'generic') return generic;
  return windowsShape(event, false) ?? generic;
}

function windowsShape(event: JsonObject, isSysmon: boolean): EventShape | undefined {
  if (!Number.isNaN(windowsEventId(event['EventID']))) return isSysmon ? sysmonFlat : windowsFlat;
  const body = event['Event'];
  if (isJsonObject(body) && isJsonObject(body['System'])) return isSysmon ? sysmonEvtx : windowsEvtx;
  const hasLog = isJsonObject(event['winlog']) || event['log_name'] !== undefined || isJsonObject(event['event_data']);
  return hasLog ? (isSysmon ? sysmonBeats : windowsBeats) : undefined;
}
