import type { JsonObject } from '../json-object.js';

/** Cisco IOS writes `%FACILITY-SEVERITY-MNEMONIC:` into every system message (Cisco, "System Message Format"). */
const SYSTEM_MESSAGE = /%([A-Z][A-Z0-9_]{1,31})-(?:[A-Z0-9_]{1,31}-)?[0-7]-[A-Z0-9_]{2,63}:/;
const SEARCHED = 2_048;

/** Facilities as Sigma services: what administrators type is logged by the parser's configuration logger or by AAA accounting. */
const SERVICES = new Map([
  ['AAA', 'aaa'],
  ['PARSER', 'aaa'],
  ['SYS', 'syslog'],
  ['BGP', 'bgp'],
  ['LDP', 'ldp'],
]);

/** The Sigma service of a Cisco system message in an event's text; an empty text for another facility, `undefined` where there is none. */
export function ciscoService(event: JsonObject): string | undefined {
  const text = event['raw'] ?? event['message'];
  if (typeof text !== 'string') return undefined;
  const facility = SYSTEM_MESSAGE.exec(text.slice(0, SEARCHED))?.[1];
  return facility === undefined ? undefined : (SERVICES.get(facility) ?? '');
}
