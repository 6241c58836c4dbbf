import { Certificates } from './certificates.js';
import { asUser, userWith } from './redis-user.js';
import { freePort } from './free-port.js';
import { RedisServer } from './redis-server.js';

/** A Redis that is spoken to over TLS, by a user who may do what the app needs and no more. */
export class RedisOverTls {
  private constructor(
    private readonly server: RedisServer,
    private readonly certificates: Certificates,
    private readonly port: number,
  ) {}

  static async start(): Promise<RedisOverTls> {
    const certificates = new Certificates();
    certificates.place(certificates.make());
    const { certFile, keyFile } = certificates;
    const port = await freePort();
    const tls = ['--tls-port', String(port), '--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile];
    return new RedisOverTls(await RedisServer.start({}, [...tls, '--tls-auth-clients', 'no', ...userWith()]), certificates, port);
  }

  get url(): string {
    return `rediss://${asUser}@127.0.0.1:${this.port}`;
  }

  /** Who has signed its certificate. */
  get caFile(): string {
    return this.certificates.certFile;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.certificates.remove();
  }
}
