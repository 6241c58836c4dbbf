/** What a URL needs to be read as it stands: a scheme or none, a host of plain characters, and nothing that is written in more than one way. */
const PLAIN = /^(?:https?:\/\/)?([a-z0-9.-]+)(?=[/?#]|$)/i;
const IN_MANY_WAYS = /[^!-~]|[\\"<>^`{|}]|\/\.{1,2}(?:[/?#]|$)|%2e/i;

/**
 * What a URL is looked up by: host in small letters, port where it is not the usual one, path and query, without scheme, user and fragment; so that a URL that a
 * proxy has logged without its scheme is found too. The second is the same without the query; the same text where there is none. `undefined` for what is no URL.
 */
export function urlKeys(text: string): readonly [string, string] | undefined {
  const [matched, host] = PLAIN.exec(text) ?? [];
  if (matched !== undefined && host !== undefined && !endsInNumber(host) && !IN_MANY_WAYS.test(text)) {
    const end = text.indexOf('#');
    const rest = text.slice(matched.length, end === -1 ? undefined : end);
    return keysOf(host.toLowerCase(), rest.startsWith('/') ? rest : `/${rest}`);
  }
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  return url === null || url.host === '' ? undefined : keysOf(url.host, url.pathname + url.search);
}

/** Hosts that end in a number are addresses, which are written in many ways. */
function endsInNumber(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  return last < 0x3a;
}

function keysOf(host: string, path: string): readonly [string, string] {
  const query = path.indexOf('?');
  const place = host + (query === -1 ? path : path.slice(0, query));
  return [query === -1 || query === path.length - 1 ? place : host + path, place];
}
