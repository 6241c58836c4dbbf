import { connect } from 'node:tls';
import type { RedisNode } from './redis-target.js';

const PATIENCE_MS = 2_000;
/** Codes of OpenSSL, and of Node.js where the name is another: what is wrong with a certificate. */
const OF_CERTIFICATES = /^(UNABLE_TO_|CERT_|CRL_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$|ERR_TLS_CERT)|SELF_SIGNED/;

/** Tells whether an error's code is that of a certificate which is not accepted. */
export function isCertificateFault(code: string | undefined): code is string {
  return code !== undefined && OF_CERTIFICATES.test(code);
}

/**
 * What is wrong with a server's certificate, for whoever was told only that the server cannot be reached.
 * @returns the code; `undefined` where the certificate is accepted, or not seen.
 */
export function certificateFaultOf({ host, port }: RedisNode, ca: string | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...(ca === undefined ? {} : { ca }), timeout: PATIENCE_MS });
    const end = (error?: NodeJS.ErrnoException): void => {
      socket.destroy();
      resolve(isCertificateFault(error?.code) ? error?.code : undefined);
    };
    socket.once('error', end);
    for (const event of ['secureConnect', 'timeout', 'close']) socket.once(event, () => end());
    socket.unref();
  });
}
