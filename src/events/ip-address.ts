const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV4_MAPPED = '::ffff:';
const MAX_LENGTH = 45;

/** 4 or 6 for the text of an IP address (RFC 4291 section 2.2, zone index not included), 0 for anything else. */
export function ipVersion(address: string): 0 | 4 | 6 {
  if (address.length > MAX_LENGTH) return 0;
  if (IPV4.test(address)) return 4;
  return address.includes(':') && isIpv6(address) ? 6 : 0;
}

/** The canonical text of an address: lower-cased, IPv4 in IPv6 (`::ffff:10.0.0.1`) as plain IPv4. */
export function plainAddress(address: string): string {
  const lower = address.toLowerCase();
  if (!lower.startsWith(IPV4_MAPPED)) return lower;
  const v4 = lower.slice(IPV4_MAPPED.length);
  return ipVersion(v4) === 4 ? v4 : lower;
}

/**
 * Tells whether text is an address that names a particular host: not the unspecified address, loopback, link-local,
 * multicast or broadcast.
 */
export function isNotableAddress(address: string): boolean {
  const plain = plainAddress(address);
  const version = ipVersion(plain);
  if (version === 4) {
    const first = Number(plain.slice(0, plain.indexOf('.')));
    return first !== 0 && first !== 127 && first < 224 && !plain.startsWith('169.254.');
  }
  return version === 6 && !/^[0:]*:0*1?$/.test(plain) && !/^(?:fe[89ab]|ff)/.test(plain);
}

function isIpv6(address: string): boolean {
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const isMixed = last.includes('.');
  if (isMixed && !IPV4.test(last)) return false;
  const plain = isMixed ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const length = plain.length + (isMixed ? 2 : 0);
  return halves.length === 2 ? length < 8 : length === 8;
}
