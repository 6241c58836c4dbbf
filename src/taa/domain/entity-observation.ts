import type { Entity } from '../../contracts/entity.js';
import { ipVersion } from '../../events/ip-address.js';
import type { AlertSpan } from './alert-span.js';
import type { Observation, StixObject } from './stix/observation.js';

const HASH_NAMES: ReadonlyMap<number, string> = new Map([
  [32, 'MD5'],
  [40, 'SHA-1'],
  [64, 'SHA-256'],
  [128, 'SHA-512'],
]);
const HEX = /^[0-9a-f]+$/i;

/**
 * What an alert is about, as one observation of cyber-observables (STIX 2.1 section 6): addresses, domain names, user accounts and e-mail addresses, files with
 * their hash or their name and directory, processes with the file that they run (and its name, as in STIX 2.0).
 */
export function entityObservation(entities: readonly Entity[], { from, to }: AlertSpan): Observation {
  const objects = new Map<string, StixObject>();
  for (const [number, entity] of entities.entries()) addEntity(objects, entity, String(number));
  return { objects, first: Math.min(from, to), last: to, count: 1 };
}

function addEntity(objects: Map<string, StixObject>, { type, value }: Entity, id: string): void {
  switch (type) {
    case 'ip':
      objects.set(id, { type: ipVersion(value) === 6 ? 'ipv6-addr' : 'ipv4-addr', value });
      return;
    case 'domain':
      objects.set(id, { type: 'domain-name', value });
      return;
    case 'user':
      objects.set(id, { type: 'user-account', user_id: value, account_login: value });
      if (value.includes('@')) objects.set(`${id}.mail`, { type: 'email-addr', value });
      return;
    case 'file':
      addFile(objects, value, id);
      return;
    case 'process':
      addFile(objects, value, `${id}.image`);
      objects.set(id, { type: 'process', name: nameOf(value), image_ref: `${id}.image` });
      return;
    case 'host':
    case 'cloud_account':
  }
}

function addFile(objects: Map<string, StixObject>, value: string, id: string): void {
  const hash = HEX.test(value) ? HASH_NAMES.get(value.length) : undefined;
  if (hash !== undefined) {
    objects.set(id, { type: 'file', hashes: { [hash]: value.toLowerCase() } });
    return;
  }
  const name = nameOf(value);
  const directory = value.slice(0, Math.max(0, value.length - name.length - 1));
  objects.set(id, { type: 'file', name, ...(directory === '' ? {} : { parent_directory_ref: `${id}.dir` }) });
  if (directory !== '') objects.set(`${id}.dir`, { type: 'directory', path: directory });
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}
