import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Where the certificate chain and the private key lie (PEM). */
export interface TlsPlaces {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate chain with its private key, checked to belong together and to be valid now. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** End of the first certificate's validity, milliseconds since the epoch. */
  readonly expiresAt: number;
  /** SHA-256 of the first certificate. */
  readonly fingerprint: string;
}

/** The files cannot be served with. The message names the variable and never shows content. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
}

/**
 * Reads certificate and key, and refuses what clients would refuse.
 * @param now milliseconds since the epoch.
 * @throws TlsFilesError for a file that cannot be read or is none, a key of another certificate, a certificate that is not valid yet or any more.
 */
export function readTlsFiles({ certFile, keyFile }: TlsPlaces, now: number): TlsFiles {
  const cert = read('TLS_CERT_FILE', certFile);
  const key = read('TLS_KEY_FILE', keyFile);
  const certificate = attempt('TLS_CERT_FILE must name a file with a certificate (PEM)', () => new X509Certificate(cert));
  const privateKey = attempt('TLS_KEY_FILE must name a file with a private key (PEM) without a passphrase', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw new TlsFilesError('TLS_KEY_FILE must hold the key of the certificate in TLS_CERT_FILE');
  const expiresAt = certificate.validToDate.getTime();
  if (now > expiresAt) throw new TlsFilesError(`TLS_CERT_FILE has expired: its certificate was valid until ${certificate.validTo}`);
  if (now < certificate.validFromDate.getTime()) {
    throw new TlsFilesError(`TLS_CERT_FILE is not valid yet: its certificate is valid from ${certificate.validFrom}`);
  }
  attempt('TLS_CERT_FILE and TLS_KEY_FILE cannot be served with', () => createSecureContext({ cert, key, minVersion: 'TLSv1.2' }));
  return { cert, key, expiresAt, fingerprint: certificate.fingerprint256 };
}

function read(variable: string, file: string): string {
  return attempt(`${variable} must name a file that can be read`, () => readFileSync(file, 'utf8'));
}

function attempt<T>(message: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new TlsFilesError(message, { cause: error });
  }
}
