import type { EventOrigin, NormalizedEvent, SecurityEvent } from '../../../contracts/security-event.js';
import { bareUser } from '../../../events/account-name.js';
import { shortHost } from '../../../events/host-name.js';
import { isNotableAddress, plainAddress } from '../../../events/ip-address.js';
import type { Facet, Observation, Tally } from './facets.js';
import { imageOf, programOf } from './program-name.js';
import { isPrivateAddress } from './private-address.js';

/** What an event adds to a tenant's statistics. */
export interface Observed {
  readonly pairs: readonly Observation[];
  readonly tallies: readonly Tally[];
}

type Topic = 'process' | 'connection' | 'logon' | 'cloud';

const NOTHING: Observed = { pairs: [], tallies: [] };
const MAX_VALUE = 256;
const LOGON_ACTION = /log-?[io]n|logon|session_opened|authenticat/i;
const SYSMON = 'microsoft-windows-sysmon/operational';

/** Ports through which machines are administered or broken into from within a network. */
const ADMIN_PORTS: ReadonlySet<number> = new Set([22, 23, 135, 139, 445, 1433, 3306, 3389, 5432, 5900, 5985, 5986]);

/**
 * The pairs and occurrences that an event adds to its tenant's statistics. Most events of a Windows host are told by their origin to add
 * none, before any of their fields is read.
 */
export function observeEvent(event: SecurityEvent): Observed {
  const topics = topicsOf(event.origin);
  if (topics.length === 0) return NOTHING;
  const facts = event.normalized;
  const gathered = new Gathered();
  for (const topic of topics) OBSERVERS[topic](gathered, facts, event);
  return gathered;
}

function topicsOf(origin: EventOrigin): readonly Topic[] {
  if (origin.product === 'windows') return windowsTopics(origin);
  if (origin.product === 'aws') return CLOUD;
  if (origin.product === 'zeek') return origin.service === 'conn' ? CONNECTION : NONE;
  return ANY;
}

const NONE: readonly Topic[] = [];
const PROCESS: readonly Topic[] = ['process'];
const CONNECTION: readonly Topic[] = ['connection'];
const LOGON: readonly Topic[] = ['logon'];
const CLOUD: readonly Topic[] = ['cloud'];
const ANY: readonly Topic[] = ['process', 'connection', 'logon'];

function windowsTopics({ channel, category, eventId }: EventOrigin): readonly Topic[] {
  if (channel === SYSMON) return eventId === 1 ? PROCESS : eventId === 3 ? CONNECTION : NONE;
  if (channel === 'security') return SECURITY_TOPICS.get(eventId ?? 0) ?? NONE;
  return category === 'process_creation' ? PROCESS : category === 'network_connection' ? CONNECTION : NONE;
}

const SECURITY_TOPICS: ReadonlyMap<number, readonly Topic[]> = new Map([
  [4624, LOGON],
  [4625, LOGON],
  [4771, LOGON],
  [4688, PROCESS],
]);

const OBSERVERS: Readonly<Record<Topic, (gathered: Gathered, facts: NormalizedEvent, event: SecurityEvent) => void>> = {
  process: (gathered, { process, parent_process: parent, command_line: commandLine, host }) => {
    if (process === undefined || (parent === undefined && commandLine === undefined)) return;
    const place = shortHost(host);
    if (parent !== undefined) gathered.pair('spawn', programOf(process), programOf(parent));
    gathered.pair('process', place, imageOf(process));
    gathered.tally('activity', place);
  },
  connection: (gathered, facts) => {
    const { src_ip: source, dst_ip: target, dst_port: port, process } = facts;
    if (target === undefined || port === undefined || !isNotableAddress(target)) return;
    const from = source !== undefined && isNotableAddress(source) ? plainAddress(source) : shortHost(facts.host);
    const inside = isPrivateAddress(plainAddress(target));
    if (inside && ADMIN_PORTS.has(port)) gathered.pair('admin-connection', from, `${plainAddress(target)} port ${port}`);
    if (!inside && process !== undefined) gathered.pair('egress', shortHost(facts.host) ?? from, programOf(process));
    gathered.tally('destinations', from, `${plainAddress(target)}/${port}`);
  },
  logon: (gathered, facts, event) => {
    if (event.origin.product !== 'windows' && !LOGON_ACTION.test(facts.action ?? '')) return;
    const user = bareUser(facts.user);
    if (facts.outcome === 'success') gathered.pair('logon', user, shortHost(facts.host));
    if (facts.outcome !== 'failure') return;
    gathered.tally('failed-logons', user);
    if (facts.src_ip !== undefined && isNotableAddress(facts.src_ip)) gathered.tally('failed-logons', plainAddress(facts.src_ip));
  },
  cloud: (gathered, { user, action }, event) => {
    const service = event.field('eventSource');
    const principal = user?.toLowerCase();
    if (action !== undefined) gathered.pair('cloud', principal, typeof service === 'string' ? `${service}:${action}` : action);
    gathered.tally('activity', principal);
  },
};

class Gathered implements Observed {
  readonly pairs: Observation[] = [];
  readonly tallies: Tally[] = [];

  pair(facet: Facet, left: string | undefined, right: string | undefined): void {
    if (left === undefined || right === undefined || left === '' || right === '') return;
    this.pairs.push({ facet, left: left.slice(0, MAX_VALUE), right: right.slice(0, MAX_VALUE) });
  }

  tally(rate: Tally['rate'], entity: string | undefined, item?: string): void {
    if (entity === undefined || entity === '') return;
    this.tallies.push({ rate, entity: entity.slice(0, MAX_VALUE), ...(item === undefined ? {} : { item }) });
  }
}
