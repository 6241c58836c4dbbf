import { addressFault, type Allowance, plainName } from './allowance.js';

/** Why a URL may not be called. */
export interface OutboundFault {
  readonly code: 'not_a_url' | 'holds_credential' | 'port_refused' | 'name_refused' | 'address_refused';
  /** What is wrong, to be read after the name of the field. */
  readonly detail: string;
}

/** A URL that may be called as far as its text tells, or why not. */
export type CheckedUrl = { readonly url: URL } | { readonly fault: OutboundFault };

const LONGEST = 2_000;
const FIRST_FREE_PORT = 1_024;
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443]);
/** Ports at or above 1024 that browsers refuse too, because something else than HTTP listens there (Fetch standard, "bad port"). */
const BAD_PORTS: ReadonlySet<number> = new Set([1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6697, 10_080]);
/** Names that stand for this machine or for what hands out a cloud's credentials, however they are resolved. */
const OWN_NAMES = /^(?:.+\.)?(?:localhost|localdomain)$|^ip6-(?:localhost|loopback)$/;
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
]);

/**
 * Checks what the text of a URL tells: http or https written out, no credentials, a port that HTTP is spoken on, a host that is not this machine and,
 * where it is an address, a public or allowed one in whatever spelling. What a name resolves to is checked when it is called.
 */
export function checkOutboundUrl(text: string, allowance: Allowance): CheckedUrl {
  const url = parse(text);
  if (!url) return refused('not_a_url', `must be an http or https URL of at most ${LONGEST} characters`);
  if (url.username !== '' || url.password !== '' || authorityOf(text).includes('@')) {
    return refused('holds_credential', 'must not hold credentials');
  }
  if (!isWebPort(Number(url.port || 80))) {
    return refused('port_refused', 'must name port 80, 443 or one from 1024 that is not reserved for another protocol');
  }
  return hostFault(hostOf(url), allowance) ?? { url };
}

/** The host of a URL as it is connected to: a name, or an address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** The parser repairs more than anybody means to write; what it would repair is refused. */
function parse(text: string): URL | null {
  const isPlain = text.length <= LONGEST && /^https?:\/\/[^/\\]/i.test(text) && !/[\s\\\p{Cc}]/u.test(text);
  return isPlain ? URL.parse(text) : null;
}

function isWebPort(port: number): boolean {
  if (WEB_PORTS.has(port)) return true;
  return port >= FIRST_FREE_PORT && !BAD_PORTS.has(port) && !(port >= 6665 && port <= 6669);
}

function hostFault(host: string, allowance: Allowance): { readonly fault: OutboundFault } | undefined {
  if (host.includes(':') || /^[\d.]+$/.test(host)) {
    const fault = addressFault(host, host, allowance);
    return fault === undefined
      ? undefined
      : refused('address_refused', `must not name what ${fault}, unless it is allowed (OUTBOUND_ALLOW)`);
  }
  const name = plainName(host);
  if (allowance.hosts.has(name) || !(OWN_NAMES.test(name) || METADATA_NAMES.has(name))) return undefined;
  return refused('name_refused', 'must not name this machine or a metadata service');
}

function authorityOf(text: string): string {
  return /^[^/]+\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
}

function refused(code: OutboundFault['code'], detail: string): { readonly fault: OutboundFault } {
  return { fault: { code, detail } };
}
