import type { SecurityEvent } from '../../contracts/security-event.js';
import { ipVersion } from '../../events/ip-address.js';
import type { AlertSpan } from './alert-span.js';
import { entityObservation } from './entity-observation.js';
import { eachValue } from './event-values.js';
import { mutexName } from './mutex-name.js';
import type { Observation, StixObject } from './stix/observation.js';

const LONGEST = 8_192;

/**
 * An event as one observation of cyber-observables (STIX 2.1 section 6): what its entities are, and besides the connection, the URL, what DNS answered, the process with its command
 * line and its parent, the file with all its hashes, registry keys and mutexes.
 */
export function eventObservation(event: SecurityEvent, span: AlertSpan): Observation {
  const { normalized } = event;
  const objects = new Map<string, StixObject>(entityObservation(event.entities, span).objects);
  const { src_ip: source, dst_ip: destination, dst_port: port } = normalized;
  const address = (id: string, value: string | undefined): Record<string, string> => {
    if (value === undefined) return {};
    objects.set(id, { type: ipVersion(value) === 6 ? 'ipv6-addr' : 'ipv4-addr', value });
    return { [`${id}_ref`]: id };
  };
  if (source !== undefined || destination !== undefined) {
    const ports = port === undefined ? {} : { dst_port: port };
    objects.set('traffic', { type: 'network-traffic', ...address('src', source), ...address('dst', destination), ...ports });
  }
  addProcess(objects, normalized);
  addHashes(objects, normalized);
  let number = 0;
  eachValue(event, (type, value) => {
    const id = `value-${number++}`;
    if (type === 'url') objects.set(id, { type: 'url', value });
    else if (type === 'domain') objects.set(id, { type: 'domain-name', value });
    else if (type === 'email') objects.set(id, { type: 'email-addr', value });
    else if (type === 'registry_key') objects.set(id, { type: 'windows-registry-key', key: value });
    else if (type === 'ip' && value !== source && value !== destination) address(id, value);
    else if (type === 'mutex') objects.set(id, { type: 'mutex', name: mutexName(value) });
  });
  return { objects, first: Math.min(span.from, span.to), last: span.to, count: 1 };
}

function addProcess(objects: Map<string, StixObject>, facts: SecurityEvent['normalized']): void {
  const { process, parent_process: parent, command_line: line } = facts;
  if (process === undefined && line === undefined) return;
  const own = file(objects, 'process.image', process);
  const above = file(objects, 'parent.image', parent);
  if (above !== undefined) objects.set('parent', { type: 'process', name: above.name, image_ref: 'parent.image' });
  objects.set('process', {
    type: 'process',
    ...(own === undefined ? {} : { name: own.name, image_ref: 'process.image' }),
    ...(line === undefined ? {} : { command_line: line.slice(0, LONGEST) }),
    ...(above === undefined ? {} : { parent_ref: 'parent' }),
  });
}

function file(objects: Map<string, StixObject>, id: string, path: string | undefined): { readonly name: string } | undefined {
  if (path === undefined) return undefined;
  const end = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
  const name = path.slice(end + 1);
  objects.set(id, { type: 'file', name, ...(end > 0 ? { parent_directory_ref: `${id}.dir` } : {}) });
  if (end > 0) objects.set(`${id}.dir`, { type: 'directory', path: path.slice(0, end) });
  return { name };
}

/** Hashes are of the file that an event is about; of its program where it is about none. */
function addHashes(objects: Map<string, StixObject>, { hashes = [], file: path, process }: SecurityEvent['normalized']): void {
  if (hashes.length === 0) return;
  const names: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256', 128: 'SHA-512' };
  const named = Object.fromEntries(hashes.flatMap((hash) => (names[hash.length] === undefined ? [] : [[names[hash.length], hash]])));
  const owner = path ?? process;
  const name = owner?.slice(Math.max(owner.lastIndexOf('\\'), owner.lastIndexOf('/')) + 1);
  objects.set('hashed', { type: 'file', ...(name === undefined ? {} : { name }), hashes: named });
}
