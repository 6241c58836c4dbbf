import { isLoopbackHost } from './loopback-host.js';

/**
 * Why a text is not the address of a Redis that may be used; `undefined` where it is. The answer never holds the text.
 * @param plaintext whether other machines may be spoken to without TLS.
 */
export function redisUrlFault(text: string, plaintext: boolean): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'is not a URL: redis://[user:password@]host[:port][/number], or rediss:// for TLS';
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return 'is neither a redis:// nor a rediss:// URL';
  if (url.hostname === '') return 'names no host';
  if (plaintext || url.protocol === 'rediss:' || isLoopbackHost(url)) return undefined;
  return 'must be a rediss:// URL in production, unless Redis is on this machine or REDIS_ALLOW_PLAINTEXT is 1';
}
