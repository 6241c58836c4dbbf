import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to connections. The names are those of Toxiproxy; times are milliseconds, sizes are bytes. */
export type Toxic =
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'down' }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  | { readonly kind: 'slow_close'; readonly ms: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'reset_peer' }
  | { readonly kind: 'slicer'; readonly bytes: number; readonly ms: number }
  | { readonly kind: 'limit_data'; readonly bytes: number };

/** A toxic of each kind, bad enough to be felt. */
export const TOXICS = [
  { kind: 'latency', ms: 400, jitterMs: 200 },
  { kind: 'down' },
  { kind: 'bandwidth', bytesPerSecond: 200 },
  { kind: 'slow_close', ms: 1_000 },
  { kind: 'timeout' },
  { kind: 'reset_peer' },
  { kind: 'slicer', bytes: 8, ms: 5 },
  { kind: 'limit_data', bytes: 100 },
] as const satisfies readonly Toxic[];

/** Stands before a server and spoils what it answers. A toxic holds for open connections too, from the next bytes on. */
export class TcpFaultProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly silent = new WeakSet<Socket>();
  private toxic: Toxic | undefined;
  /** Connections that were ever made to it. */
  accepted = 0;

  private constructor(
    private readonly server: Server,
    private readonly upstreamPort: number,
  ) {}

  static async start(upstreamPort: number): Promise<TcpFaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new TcpFaultProxy(server, upstreamPort);
    server.on('connection', (client) => proxy.accept(client));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Spoils from now on; connections that a toxic of this kind would not have let be are cut. */
  poison(toxic: Toxic): void {
    this.toxic = toxic;
    if (toxic.kind === 'down') this.cut((socket) => socket.destroy());
    if (toxic.kind === 'reset_peer') this.cut((socket) => socket.resetAndDestroy());
  }

  /** Nothing passes any more on the connections that are open, and nobody hears of it; new ones are as they would be. */
  silence(): void {
    for (const [client, upstream] of this.pairs) {
      this.silent.add(client);
      client.unpipe(upstream);
      client.resume();
    }
  }

  /** Behaves again. Connections whose bytes were held back or cut off are ended, as they cannot be mended. */
  heal(): void {
    this.toxic = undefined;
    this.cut((socket) => socket.destroy());
  }

  async stop(): Promise<void> {
    this.cut((socket) => socket.destroy());
    await new Promise((closed) => this.server.close(closed));
  }

  private cut(end: (socket: Socket) => void): void {
    for (const pair of this.pairs) pair.forEach(end);
    this.pairs.clear();
  }

  private accept(client: Socket): void {
    this.accepted += 1;
    client.on('error', () => client.destroy());
    if (this.toxic?.kind === 'down') return void client.destroy();
    if (this.toxic?.kind === 'reset_peer') return void client.resetAndDestroy();
    const upstream = connect({ port: this.upstreamPort, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [client, upstream] as const;
    this.pairs.add(pair);
    upstream.on('error', () => client.destroy());
    client.pipe(upstream);
    client.once('close', () => {
      upstream.destroy();
      this.pairs.delete(pair);
    });
    void this.answer(upstream, client).catch(() => client.destroy());
  }

  /** Passes on what the server says, as the toxic of the moment lets it. */
  private async answer(upstream: Socket, client: Socket): Promise<void> {
    let passed = 0;
    for await (const chunk of upstream as AsyncIterable<Buffer>) {
      for (let rest = chunk; rest.length > 0;) {
        const { toxic } = this;
        if (toxic?.kind === 'timeout' || this.silent.has(client)) return void (await new Promise((closed) => client.once('close', closed)));
        const most = sizeOf(toxic);
        const left = toxic?.kind === 'limit_data' ? toxic.bytes - passed : Infinity;
        if (left <= 0) return void client.destroy();
        const piece = rest.subarray(0, Math.min(most, left));
        rest = rest.subarray(piece.length);
        await delayOf(toxic, piece.length);
        passed += piece.length;
        if (!client.writable) return;
        client.write(piece);
      }
    }
    if (this.toxic?.kind === 'slow_close') await sleep(this.toxic.ms);
    client.end();
  }
}

function sizeOf(toxic: Toxic | undefined): number {
  if (toxic?.kind === 'slicer') return toxic.bytes;
  return toxic?.kind === 'bandwidth' ? Math.max(1, Math.floor(toxic.bytesPerSecond / 20)) : Infinity;
}

async function delayOf(toxic: Toxic | undefined, bytes: number): Promise<void> {
  if (toxic?.kind === 'latency') await sleep(toxic.ms + (2 * Math.random() - 1) * toxic.jitterMs);
  if (toxic?.kind === 'slicer') await sleep(toxic.ms);
  if (toxic?.kind === 'bandwidth') await sleep((1_000 * bytes) / toxic.bytesPerSecond);
}
