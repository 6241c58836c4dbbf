import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { formatIpBlock, type IpBlock, isInBlock, parseIpAddress, prefixOf } from '../../events/ip-block.js';

/** The part of an IPv6 address that says whose it is: one customer has a whole /64. */
const IPV6_NETWORK = 64;

/** How many connections each address has open; IPv6 addresses count by their network (/64), and trusted proxies not at all. */
export class AddressConnections {
  private readonly open = new Map<string, number>();

  /** @param most that one address may have. */
  constructor(
    private readonly most: number,
    private readonly trusted: readonly IpBlock[],
  ) {}

  /** What connections from an address count as; `undefined` where they do not count. */
  nameOf(address: string): string | undefined {
    const zone = address.indexOf('%');
    const block = parseIpAddress(zone < 0 ? address : address.slice(0, zone));
    if (!block || this.trusted.some((proxies) => isInBlock(proxies, block))) return undefined;
    if (block.version === 4) return formatIpBlock(block);
    return formatIpBlock({ version: 6, first: prefixOf(block.first, IPV6_NETWORK, 6), bits: IPV6_NETWORK });
  }

  /** Counts one more, if it may be. */
  enter(name: string): boolean {
    const open = this.open.get(name) ?? 0;
    if (open >= this.most) return false;
    this.open.set(name, open + 1);
    return true;
  }

  /** Counts one less. */
  leave(name: string): void {
    const open = this.open.get(name) ?? 0;
    if (open > 1) this.open.set(name, open - 1);
    else this.open.delete(name);
  }

  /** Names that have connections. */
  get size(): number {
    return this.open.size;
  }
}

/**
 * Closes connections at once that an address opens beyond its number, so that no single one takes all that the server has.
 * @param report told the address; once until a connection of it is taken again.
 */
export function limitByAddress(server: Server, connections: AddressConnections, report: (name: string) => void): void {
  const reported = new Set<string>();
  server.on('connection', (socket: Socket) => {
    const name = connections.nameOf(socket.remoteAddress ?? '');
    if (name === undefined) return;
    if (connections.enter(name)) {
      reported.delete(name);
      socket.once('close', () => connections.leave(name));
      return;
    }
    socket.destroy();
    if (!reported.has(name)) report(name);
    reported.add(name);
  });
}
