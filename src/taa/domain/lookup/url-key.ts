/**
 * What a URL is looked up by: host in small letters, port where it is not the usual one, path and query, without scheme, user and fragment; so that a URL that a
 * proxy has logged without its scheme is found too. The second is the same without the query; the same text where there is none. `undefined` for what is no URL.
 */
export function urlKeys(text: string): readonly [string, string] | undefined {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || url.host === '') return undefined;
  const place = url.host + url.pathname;
  return [place + url.search, place];
}
