import type { EventOrigin } from '../../contracts/security-event.js';
import { FactSheet } from '../event-facts.js';
import { eventIdentity, identityPart } from '../event-identity.js';
import type { EventShape } from '../event-shape.js';
import { readPath } from '../field-path.js';
import type { JsonObject } from '../json-object.js';
import { sourceName, sourceOrigin } from '../origin-cache.js';
import { firstTime } from '../parse-time.js';

/** Events of the Open Cybersecurity Schema Framework (1.x). Sigma's names of the common categories are understood. */
export const ocsf: EventShape = {
  format: () => 'ocsf',
  origin,
  time: (event) => firstTime(event['time'], event['time_dt'], event['start_time']),
  identity: (event) => {
    const id = identityPart(readPath(event, 'metadata.uid') ?? event['event_id']);
    return id === undefined ? null : eventIdentity('event_id', id);
  },
  fields: (event) => event,
  alias: (fields, name) => {
    const path = PATH_OF_SIGMA_FIELD.get(name);
    return path === undefined ? undefined : readPath(fields, path);
  },
  facts: (event) => {
    const read = (path: string): unknown => readPath(event, path);
    return new FactSheet()
      .set('action', read('activity_name'), read('type_name'), read('api.operation'))
      .outcome(event['status_id'] === 1 ? true : event['status_id'] === 2 ? false : undefined)
      .set('host', read('device.hostname'), read('device.name'))
      .set('user', read('actor.user.name'), read('user.name'))
      .otherUser(read('user.name'))
      .set('src_ip', read('src_endpoint.ip'), read('device.ip'))
      .set('dst_ip', read('dst_endpoint.ip'))
      .port(read('dst_endpoint.port'))
      .set('domain', read('query.hostname'), read('dst_endpoint.hostname'))
      .set('url', read('http_request.url.url_string'))
      .set('process', read('process.file.path'), read('process.name'))
      .set('parent_process', read('process.parent_process.file.path'), read('actor.process.file.path'))
      .set('command_line', read('process.cmd_line'))
      .set('file', read('file.path'))
      .set('cloud_account', read('cloud.account.uid')).facts;
  },
  terms: (event, terms) => {
    terms.host(readPath(event, 'device.hostname') ?? readPath(event, 'device.name'));
    terms.user(readPath(event, 'actor.user.name'));
    terms.user(readPath(event, 'user.name'));
    terms.ip(readPath(event, 'src_endpoint.ip'));
    terms.ip(readPath(event, 'dst_endpoint.ip'));
    terms.process(readPath(event, 'process.file.path') ?? readPath(event, 'process.name'));
  },
};

const PATH_OF_SIGMA_FIELD: ReadonlyMap<string, string> = new Map([
  ['CommandLine', 'process.cmd_line'],
  ['Image', 'process.file.path'],
  ['ParentImage', 'process.parent_process.file.path'],
  ['ParentCommandLine', 'process.parent_process.cmd_line'],
  ['ProcessId', 'process.pid'],
  ['User', 'actor.user.name'],
  ['Computer', 'device.hostname'],
  ['TargetFilename', 'file.path'],
  ['SourceIp', 'src_endpoint.ip'],
  ['SourcePort', 'src_endpoint.port'],
  ['DestinationIp', 'dst_endpoint.ip'],
  ['DestinationPort', 'dst_endpoint.port'],
  ['DestinationHostname', 'dst_endpoint.hostname'],
  ['QueryName', 'query.hostname'],
]);

/** Sigma category of a class and activity: file system, process launch, network and DNS activity. */
const CATEGORY_OF_CLASS: ReadonlyMap<string, string> = new Map([
  ['1001/1', 'file_event'],
  ['1007/1', 'process_creation'],
  ['4001/1', 'network_connection'],
  ['4003/1', 'dns_query'],
]);

/** Tells whether an event is in OCSF by its shape. */
export function isOcsf(event: JsonObject): boolean {
  return typeof event['class_uid'] === 'number';
}

function origin(event: JsonObject): EventOrigin {
  const { class_uid: classId, activity_id: activity } = event;
  const category =
    typeof classId === 'number' && typeof activity === 'number' ? CATEGORY_OF_CLASS.get(`${classId}/${activity}`) : undefined;
  return sourceOrigin(
    sourceName(readPath(event, 'device.os.type')) ?? sourceName(readPath(event, 'metadata.product.name')),
    undefined,
    category,
  );
}
