import { Certificates } from './certificates.js';
import { freePort, RedisServer } from './redis-server.js';

const PASSWORD = 'p@ss/w:rd';
/** All that the app needs to be allowed. */
const RIGHTS = '~gatra:* &gatra:* -@all +hello +auth +ping +select +info +time +get +set +del +eval +evalsha +publish +subscribe';
/** What tests ask for besides. */
const TESTS = '+script|load';

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
    const user = ['--user', 'app', 'on', `>${PASSWORD}`, ...`${RIGHTS} ${TESTS}`.split(' ')];
    return new RedisOverTls(await RedisServer.start({}, [...tls, '--tls-auth-clients', 'no', ...user]), certificates, port);
  }

  get url(): string {
    return `rediss://app:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}`;
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
