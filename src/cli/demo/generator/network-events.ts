import { COMPANY_DOMAIN, type Machine } from './company.js';
import type { Site } from './sites.js';
import { nameLookedUp, networkConnected } from './sysmon-events.js';
import type { WindowsProcess } from './windows-process.js';
import type { World } from './world.js';

const UID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

interface Exchange {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  readonly service?: string;
  readonly sourcePort?: number;
  /** Bytes of payload in each direction. */
  readonly sent?: number;
  readonly received?: number;
  /** Milliseconds. */
  readonly lasted?: number;
}

/** Members with which Zeek's logs name a connection. */
type ConnectionId = Record<string, unknown>;

/** A connection as Zeek logs it, under the time of its first packet. Returns the members by which other logs refer to it. */
export function zeekConnection(world: World, time: number, exchange: Exchange): ConnectionId {
  const { random } = world;
  const sent = exchange.sent ?? Math.round(200 + random.longTailed(1_500));
  const received = exchange.received ?? Math.round(400 + random.longTailed(12_000));
  const lasted = exchange.lasted ?? Math.round(20 + random.longTailed(4_000));
  const id = {
    uid: `C${random.text(17, UID_ALPHABET)}`,
    'id.orig_h': exchange.from,
    'id.orig_p': exchange.sourcePort ?? random.int(49_152, 65_535),
    'id.resp_h': exchange.to,
    'id.resp_p': exchange.port,
  };
  world.emit(time, 'zeek', {
    _path: 'conn',
    ts: time / 1000,
    ...id,
    proto: exchange.protocol ?? 'tcp',
    ...(exchange.service === undefined ? {} : { service: exchange.service }),
    duration: lasted / 1000,
    orig_bytes: sent,
    resp_bytes: received,
    conn_state: 'SF',
    local_orig: exchange.from.startsWith('10.'),
    local_resp: exchange.to.startsWith('10.'),
    orig_pkts: Math.ceil(sent / 1400) + 3,
    resp_pkts: Math.ceil(received / 1400) + 3,
  });
  return id;
}

/** Writes another of Zeek's logs about a connection. */
export function zeekLog(world: World, time: number, path: string, fields: Record<string, unknown>): void {
  world.emit(time, 'zeek', { _path: path, ts: time / 1000, ...fields });
}

/** A name looked up at the domain controller, as Zeek sees it. */
export function zeekLookup(world: World, time: number, from: string, site: Site): void {
  const resolver = world.company.servers.DC01.address;
  zeekLog(world, time, 'dns', {
    uid: `C${world.random.text(17, UID_ALPHABET)}`,
    'id.orig_h': from,
    'id.orig_p': world.random.int(49_152, 65_535),
    'id.resp_h': resolver,
    'id.resp_p': 53,
    proto: 'udp',
    query: site.domain,
    qtype_name: 'A',
    rcode_name: 'NOERROR',
    answers: [site.address],
    rejected: false,
  });
}

interface Visit {
  readonly machine: Machine;
  readonly process: WindowsProcess;
  readonly site: Site;
  readonly port?: number;
  /** A name that was looked up a moment ago is not looked up again. */
  readonly cached?: boolean;
  readonly sent?: number;
  readonly received?: number;
  /** Milliseconds. */
  readonly lasted?: number;
}

/** A program on a Windows machine goes to a site: Sysmon and Zeek each tell what they see. Returns Zeek's names for the connection. */
export function visit(world: World, time: number, what: Visit): ConnectionId {
  const { machine, process, site } = what;
  const port = what.port ?? 443;
  const sourcePort = world.random.int(49_152, 65_535);
  if (what.cached !== true) {
    world.emit(time, 'sysmon', nameLookedUp(machine, time, process, { name: site.domain, address: site.address }));
    zeekLookup(world, time + 2, machine.address, site);
  }
  const flow = { sourceAddress: machine.address, sourcePort, address: site.address, port, protocol: 'tcp' as const };
  world.emit(time + 31, 'sysmon', networkConnected(machine, time + 31, process, flow));
  const id = zeekConnection(world, time + 30, {
    from: machine.address,
    to: site.address,
    port,
    sourcePort,
    service: port === 443 ? 'ssl' : 'http',
    ...(what.sent === undefined ? {} : { sent: what.sent }),
    ...(what.received === undefined ? {} : { received: what.received }),
    ...(what.lasted === undefined ? {} : { lasted: what.lasted }),
  });
  if (port === 443) {
    zeekLog(world, time + 60, 'ssl', {
      ...id,
      version: 'TLSv13',
      cipher: 'TLS_AES_256_GCM_SHA384',
      server_name: site.domain,
      resumed: world.random.chance(0.4),
      established: true,
    });
  }
  return id;
}

/** Full name of a machine as the domain's name server knows it. */
export function internalSite(machine: Machine): Site {
  return { domain: `${machine.name.toLowerCase()}.${COMPANY_DOMAIN}`, address: machine.address };
}
