import { asUser, userWith } from './redis-user.js';
import { RedisServer } from './redis-server.js';
import { RedisTls } from './redis-tls.js';

/** A Redis that is spoken to over TLS, by a user who may do what the app needs and no more. */
export class RedisOverTls {
  private constructor(
    private readonly server: RedisServer,
    private readonly tls: RedisTls,
  ) {}

  static async start(): Promise<RedisOverTls> {
    const tls = new RedisTls();
    return new RedisOverTls(await RedisServer.start({}, userWith(), tls), tls);
  }

  get url(): string {
    return `rediss://${asUser}@127.0.0.1:${this.server.servedPort}`;
  }

  /** Who has signed its certificate. */
  get caFile(): string {
    return this.tls.caFile;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.tls.remove();
  }
}
