import type { EventOrigin } from '../../contracts/security-event.js';
import { FactSheet } from '../event-facts.js';
import { eventIdentity, identityPart } from '../event-identity.js';
import type { EventShape } from '../event-shape.js';
import { readPath } from '../field-path.js';
import type { JsonObject } from '../json-object.js';
import { sourceName, sourceOrigin } from '../origin-cache.js';
import { firstTime } from '../parse-time.js';

/** Events in the Elastic Common Schema, nested or with dotted names. Sigma's names of the common categories are understood. */
export const ecs: EventShape = {
  format: () => 'ecs',
  origin,
  time: (event) => firstTime(event['@timestamp'], readPath(event, 'event.created'), readPath(event, 'event.ingested')),
  identity: (event) => {
    const id = identityPart(readPath(event, 'event.id') ?? event['event_id']);
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
      .set('action', read('event.action'))
      .outcome(read('event.outcome') === 'success' ? true : read('event.outcome') === 'failure' ? false : undefined)
      .set('host', read('host.hostname'), read('host.name'))
      .set('user', read('user.name'), read('user.email'))
      .otherUser(read('user.target.name'))
      .set('src_ip', read('source.ip'), read('client.ip'))
      .set('dst_ip', read('destination.ip'), read('server.ip'))
      .port(read('destination.port'))
      .set('domain', read('dns.question.name'), read('destination.domain'), read('url.domain'))
      .set('url', read('url.full'), read('url.original'))
      .set('process', read('process.executable'), read('process.name'))
      .set('parent_process', read('process.parent.executable'), read('process.parent.name'))
      .set('command_line', read('process.command_line'))
      .set('file', read('file.path'))
      .hashes(hashes(event))
      .set('cloud_account', read('cloud.account.id')).facts;
  },
  terms: (event, terms) => {
    terms.host(readPath(event, 'host.hostname') ?? readPath(event, 'host.name'));
    terms.account(readPath(event, 'user.domain'), readPath(event, 'user.name'));
    terms.ip(readPath(event, 'source.ip'));
    terms.ip(readPath(event, 'destination.ip'));
    terms.process(readPath(event, 'process.executable') ?? readPath(event, 'process.name'));
    for (const hash of hashes(event)) terms.hash(hash);
  },
};

/** Where ECS keeps what Sigma's process, network, file and DNS rules ask for. */
const PATH_OF_SIGMA_FIELD: ReadonlyMap<string, string> = new Map([
  ['CommandLine', 'process.command_line'],
  ['Image', 'process.executable'],
  ['OriginalFileName', 'process.pe.original_file_name'],
  ['ParentImage', 'process.parent.executable'],
  ['ParentCommandLine', 'process.parent.command_line'],
  ['CurrentDirectory', 'process.working_directory'],
  ['ProcessId', 'process.pid'],
  ['User', 'user.name'],
  ['Computer', 'host.name'],
  ['TargetFilename', 'file.path'],
  ['TargetObject', 'registry.path'],
  ['SourceIp', 'source.ip'],
  ['SourcePort', 'source.port'],
  ['DestinationIp', 'destination.ip'],
  ['DestinationPort', 'destination.port'],
  ['DestinationHostname', 'destination.domain'],
  ['QueryName', 'dns.question.name'],
]);

const CATEGORY_OF_EVENT: ReadonlyMap<string, string> = new Map([
  ['process', 'process_creation'],
  ['network', 'network_connection'],
  ['file', 'file_event'],
]);

/** Tells whether an event is in ECS by its shape. */
export function isEcs(event: JsonObject): boolean {
  if (event['ecs'] !== undefined || event['ecs.version'] !== undefined) return true;
  if (event['@timestamp'] === undefined) return false;
  return ['event.category', 'event.kind', 'event.action', 'event.dataset', 'event.module'].some(
    (path) => readPath(event, path) !== undefined,
  );
}

/** `event.dataset` (`aws.cloudtrail`) is product and service; else the operating system and the event's category are told. */
function origin(event: JsonObject): EventOrigin {
  const [product, service] = typeof event['event'] === 'object' || 'event.dataset' in event ? datasetOf(event) : [];
  const system = sourceName(readPath(event, 'host.os.type') ?? readPath(event, 'host.os.family'));
  const category = single(readPath(event, 'event.category'));
  const isStart = category !== 'process' || single(readPath(event, 'event.type')) === 'start';
  return sourceOrigin(system ?? product, service, isStart ? CATEGORY_OF_EVENT.get(category ?? '') : undefined);
}

function datasetOf(event: JsonObject): (string | undefined)[] {
  const dataset = sourceName(readPath(event, 'event.dataset'));
  const dot = dataset?.indexOf('.') ?? -1;
  if (dataset !== undefined && dot > 0) return [dataset.slice(0, dot), sourceName(dataset.slice(dot + 1))];
  return [sourceName(readPath(event, 'event.module')) ?? dataset];
}

function single(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

function hashes(event: JsonObject): string[] {
  const paths = ['process.hash.sha256', 'process.hash.sha1', 'process.hash.md5', 'file.hash.sha256', 'file.hash.sha1', 'file.hash.md5'];
  return paths.map((path) => readPath(event, path)).filter((value) => typeof value === 'string');
}
