import { NETBIOS_DOMAIN, type Person } from './company.js';
import type { LogonSession } from './windows-process.js';
import type { World } from './world.js';

/** The session of a person at the own workstation. */
export function sessionOf(world: World, person: Person): LogonSession {
  return world.session(`${NETBIOS_DOMAIN}\\${person.account}`, 'Medium');
}

/** The elevated session of an administrator's second account; of the first where there is no second. */
export function adminSessionOf(world: World, person: Person): LogonSession {
  return world.session(`${NETBIOS_DOMAIN}\\${person.adminAccount ?? person.account}`, 'High');
}

/** The session of a service account. */
export function serviceSession(world: World, account: string): LogonSession {
  return world.session(`${NETBIOS_DOMAIN}\\${account}`, 'High');
}
