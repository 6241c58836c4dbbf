import { ipVersion } from './ip-address.js';

/** First label of a host name, lower-cased; an address stands for no host here and yields `undefined`. */
export function shortHost(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const host = name.trim().replace(/^\\+/, '').toLowerCase();
  if (host === '' || host === 'localhost' || ipVersion(host) !== 0) return undefined;
  const dot = host.indexOf('.');
  return dot === -1 ? host : host.slice(0, dot);
}
