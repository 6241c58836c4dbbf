/** Why a text is not the address of a Redis; `undefined` where it is. The answer never holds the text. */
export function redisUrlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'is not a URL: redis://[user:password@]host[:port][/number], or rediss:// for TLS';
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return 'is neither a redis:// nor a rediss:// URL';
  return url.hostname === '' ? 'names no host' : undefined;
}
