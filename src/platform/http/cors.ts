import type { CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface.js';

/**
 * CORS for exactly the origins listed, each compared as a whole: nothing is reflected, and browsers send no cookies or logins along, for there are
 * none. Every answer says that it depends on the origin (Fetch standard, "CORS protocol and HTTP caches").
 */
export function corsOptions(origins: readonly string[]): CorsOptions {
  return {
    origin: [...origins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Encoding',
      'Content-Type',
      'Idempotency-Key',
      'If-Match',
      'If-None-Match',
      'X-API-Key',
      'X-Correlation-ID',
      'X-Tenant-ID',
    ],
    exposedHeaders: [
      'ETag',
      'Idempotency-Replayed',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Correlation-ID',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ],
    maxAge: 600,
  };
}

/** Tells whether a text is an origin as browsers send it: scheme, host and port where it is not the usual one (RFC 6454 section 6.2). */
export function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && !text.includes('*') && /^https?:$/.test(url.protocol) && url.origin === text;
}
