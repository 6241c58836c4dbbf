import { isLoopbackHost } from '../../../platform/secrets/loopback-host.js';

/** Tells whether a URL leads over plain HTTP to another machine. */
export function isPlainElsewhere(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'http:' && !isLoopbackHost(url);
}
