import { once } from 'node:events';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { TlsFacts } from './rules/deployment-facts.js';

const PATIENCE_MS = 10_000;
/** What old versions need besides being allowed at all. */
const OLD: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

/** How TLS is spoken at a URL; null where it is spoken to without. @throws Error where nobody answers, or the certificate is not trusted. */
export async function observeTls(url: URL): Promise<TlsFacts | null> {
  if (url.protocol !== 'https:') return null;
  const socket = await handshake(url, {});
  const facts = { protocol: socket.getProtocol() ?? '', validTo: Date.parse(socket.getPeerCertificate().valid_to) };
  socket.destroy();
  const old = await handshake(url, OLD).catch(() => null);
  old?.destroy();
  return { ...facts, speaksOld: old !== null };
}

async function handshake({ hostname, port }: URL, options: ConnectionOptions): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isName = !/^[\d.]+$|:/.test(host);
  const socket = connect({ host, port: Number(port || 443), ...(isName ? { servername: host } : {}), ...options });
  const timer = setTimeout(() => socket.destroy(new Error('no handshake in 10 s')), PATIENCE_MS);
  try {
    await once(socket, 'secureConnect');
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  socket.on('error', () => undefined);
  return socket;
}
