import type { Entity, EntityType } from '../contracts/entity.js';
import { bareUser } from './account-name.js';
import type { EventFacts } from './event-facts.js';
import { shortHost } from './host-name.js';
import { ipVersion, isNotableAddress, plainAddress } from './ip-address.js';

const MAX_VALUE = 512;

/**
 * The things that an event is about, in a form in which several log sources agree: hosts by their first label, users by
 * their bare name, both lower-cased; so `ws5.corp.example` of Sysmon and `WS5` of Security are one host, and `CORP\alice`,
 * `alice@corp.example` and `alice` one user. The price is that equal names of two domains are one, too.
 * Accounts of the machine itself and addresses that name no particular host are left out.
 */
export function entitiesOf(facts: EventFacts): readonly Entity[] {
  const list = new EntityList();
  list.add('host', shortHost(facts.host));
  for (const host of facts.other_hosts ?? []) list.add('host', shortHost(host));
  list.add('user', bareUser(facts.user));
  for (const user of facts.other_users ?? []) list.add('user', bareUser(user));
  list.add('ip', address(facts.src_ip));
  list.add('ip', address(facts.dst_ip));
  list.add('process', imagePath(facts.process));
  list.add('file', facts.file);
  list.add('domain', domainName(facts.domain));
  list.add('cloud_account', facts.cloud_account?.toLowerCase());
  return list.entities;
}

class EntityList {
  readonly entities: Entity[] = [];

  add(type: EntityType, value: string | undefined): void {
    if (value === undefined || value === '' || value.length > MAX_VALUE) return;
    if (this.entities.some((entity) => entity.type === type && entity.value === value)) return;
    this.entities.push({ type, value });
  }
}

/** Only a path names a program; a bare `sshd` or `powershell.exe` would join everything. */
function imagePath(value: string | undefined): string | undefined {
  return value !== undefined && /[\\/]/.test(value) ? value : undefined;
}

function domainName(value: string | undefined): string | undefined {
  const domain = value?.toLowerCase().replace(/\.$/, '');
  return domain === undefined || ipVersion(domain) !== 0 ? undefined : domain;
}

function address(value: string | undefined): string | undefined {
  return value !== undefined && isNotableAddress(value) ? plainAddress(value) : undefined;
}
