import type { IncomingMessage } from 'node:http';
import { formatIpBlock, isInBlock, type IpBlock, parseIpAddress, parseIpBlock } from '../../events/ip-block.js';

/** Where a request came from, as far as the connection and the proxies that are trusted tell. */
export interface Peer {
  /** Address of the other end of the connection; none where it has gone already. */
  readonly socketAddress: string | undefined;
  /** `X-Forwarded-For`: each proxy adds, on the right, the address that it was called from. */
  readonly forwardedFor?: string | undefined;
  /** `X-Forwarded-Proto`. */
  readonly forwardedProto?: string | undefined;
}

/** What a request says of where it came from. */
export function peerOf({ socket, headers }: IncomingMessage): Peer {
  return {
    socketAddress: socket.remoteAddress,
    forwardedFor: textOf(headers['x-forwarded-for']),
    forwardedProto: textOf(headers['x-forwarded-proto']),
  };
}

const MOST_HOPS = 32;

/**
 * The address of the client: the other end of the connection or, where that is a trusted proxy, the nearest address to the left in
 * `X-Forwarded-For` that is no trusted proxy. What stands left of it anybody may have written. IPv4 in IPv6 is answered as IPv4, zones are left
 * out; the empty text where the connection has gone.
 */
export function clientAddress({ socketAddress = '', forwardedFor }: Peer, trusted: readonly IpBlock[]): string {
  let client = addressOf(socketAddress);
  if (!client) return '';
  const hops = (forwardedFor ?? '').split(',').slice(-MOST_HOPS);
  for (let hop = hops.pop(); hop !== undefined && isTrusted(client, trusted); hop = hops.pop()) {
    const next = addressOf(withoutPort(hop.trim()));
    if (!next) break;
    client = next;
  }
  return canonical(client);
}

/** Tells whether the client's own connection was TLS, in the word of the nearest proxy (the rightmost value) where that one is trusted. */
export function isForwardedSecure(peer: Peer, trusted: readonly IpBlock[]): boolean {
  if (!isFromTrustedProxy(peer, trusted)) return false;
  return peer.forwardedProto?.split(',').at(-1)?.trim().toLowerCase() === 'https';
}

/** Tells whether the other end of the connection is a trusted proxy. */
export function isFromTrustedProxy({ socketAddress = '' }: Peer, trusted: readonly IpBlock[]): boolean {
  const peer = addressOf(socketAddress);
  return peer !== undefined && isTrusted(peer, trusted);
}

/** Reads address blocks (CIDR) that a configuration names; those that are none are left out, for the configuration's reader refuses them. */
export function readBlocks(texts: readonly string[]): readonly IpBlock[] {
  return texts.map((text) => parseIpBlock(text)).filter((block) => block !== undefined);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

function isTrusted(address: IpBlock, trusted: readonly IpBlock[]): boolean {
  return trusted.some((block) => isInBlock(block, address));
}

/** RFC 5952 section 4, as URLs write addresses. */
function canonical(address: IpBlock): string {
  const text = formatIpBlock(address);
  return address.version === 4 ? text : new URL(`http://[${text}]`).hostname.slice(1, -1);
}

function addressOf(text: string): IpBlock | undefined {
  const zone = text.indexOf('%');
  return parseIpAddress(zone < 0 ? text : text.slice(0, zone));
}

/** `192.0.2.1:8080` and `[2001:db8::1]:8080` without port and brackets; some proxies write those. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed) return bracketed[1] ?? '';
  return /^[\d.]+:\d{1,5}$/.test(text) ? text.slice(0, text.indexOf(':')) : text;
}
