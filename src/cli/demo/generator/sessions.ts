import { NETBIOS_DOMAIN, type Person } from './company.js';
import type { LogonSession } from './windows-host.js';
import type { World } from './world.js';

const sessions = new WeakMap<World, Map<string, LogonSession>>();

/** The session of a person at the own workstation: the same one all day. */
export function sessionOf(world: World, person: Person): LogonSession {
  return named(world, `${NETBIOS_DOMAIN}\\${person.account}`, 'Medium');
}

/** The elevated session of an administrator's second account; of the first where there is no second. */
export function adminSessionOf(world: World, person: Person): LogonSession {
  return named(world, `${NETBIOS_DOMAIN}\\${person.adminAccount ?? person.account}`, 'High');
}

/** The session of a service account. */
export function serviceSession(world: World, account: string): LogonSession {
  return named(world, `${NETBIOS_DOMAIN}\\${account}`, 'High');
}

function named(world: World, user: string, integrity: LogonSession['integrity']): LogonSession {
  let known = sessions.get(world);
  if (known === undefined) sessions.set(world, (known = new Map()));
  let session = known.get(user);
  if (session === undefined) known.set(user, (session = { user, logonId: newLogonId(world), integrity }));
  return session;
}

/** A fresh logon id. */
export function newLogonId(world: World): string {
  return `0x${world.random.int(0x40_000, 0xff_ffff).toString(16)}`;
}
