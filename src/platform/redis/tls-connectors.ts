import { AbstractConnector, SentinelConnector } from 'ioredis';
import { connect, type ConnectionOptions } from 'node:tls';

type Stream = Awaited<ReturnType<SentinelConnector['connect']>>;

/** What a connection to one server is told of it. */
interface TlsServer {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: ConnectionOptions;
  readonly disconnectTimeout?: number;
}

const LEAVE_MS = 2_000;

/**
 * Listens to errors for as long as the connection stands. ioredis listens to the first one alone, and a connection that is given up in the middle of
 * its handshake may fail twice: for the certificate, and for the server's alert. The second would end the process.
 */
function heard(stream: Stream): Stream {
  return stream.on('error', () => undefined);
}

/** Connects to one server over TLS. */
export class TlsConnector extends AbstractConnector {
  private readonly server: TlsServer;

  /** @param options those of the connection, as ioredis passes them */
  constructor(options: unknown) {
    const server = options as TlsServer;
    super(server.disconnectTimeout ?? LEAVE_MS);
    this.server = server;
  }

  override connect(): Promise<Stream> {
    const { host, port, tls } = this.server;
    this.connecting = true;
    this.stream = heard(connect({ ...tls, host, port }));
    this.stream.once('error', (error) => (this.firstError = error));
    return Promise.resolve(this.stream);
  }
}

/** Connects over TLS to the master that the Sentinels name. */
export class TlsSentinelConnector extends SentinelConnector {
  /** @param options those of the connection, as ioredis passes them */
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
  }

  override async connect(...told: Parameters<SentinelConnector['connect']>): Promise<Stream> {
    return heard(await super.connect(...told));
  }
}
