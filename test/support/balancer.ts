import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How often readiness is asked for; what was answered last is believed until then. */
const LOOK_EVERY_MS = 1_000;
const LOOK_TIMEOUT_MS = 2_000;

interface Upstream {
  readonly url: string;
  isReady: boolean;
}

/**
 * A load balancer as deployments have one: takes turns between the instances that were ready when it last looked, keeps connections to them, sends nothing
 * twice, and knows nothing of what happens between two looks. A request that it cannot bring to an end is answered 502.
 */
export class Balancer {
  private readonly upstreams = new Map<string, Upstream>();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 512 });
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  private constructor(
    private readonly server: Server,
    readonly baseUrl: string,
  ) {
    server.on('request', (incoming, response) => this.pass(incoming, response));
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  static async start(): Promise<Balancer> {
    const server = createServer({ keepAliveTimeout: 65_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** An instance to send requests to, from when it was first seen ready. */
  add(url: string): void {
    this.upstreams.set(url, { url, isReady: false });
  }

  /** An instance that is gone for good. */
  remove(url: string): void {
    this.upstreams.delete(url);
  }

  isReady(url: string): boolean {
    return this.upstreams.get(url)?.isReady === true;
  }

  /** Looks at every instance now. */
  async look(): Promise<void> {
    await Promise.all(
      [...this.upstreams.values()].map(async (upstream) => {
        const answer = await fetch(`${upstream.url}/health/ready`, { signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) }).catch(() => undefined);
        upstream.isReady = answer?.ok === true;
        await answer?.body?.cancel();
      }),
    );
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.agent.destroy();
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const ready = [...this.upstreams.values()].filter(({ isReady }) => isReady);
    const upstream = ready[(this.turn += 1) % Math.max(1, ready.length)];
    const fail = (reason: string): void => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(reason);
    };
    if (!upstream) return fail('no instance is ready');
    const { connection: _ofTheClient, ...headers } = incoming.headers;
    const passed = request(`${upstream.url}${incoming.url}`, { method: incoming.method, headers, agent: this.agent }, (answer) => {
      const { connection: _ofTheInstance, 'keep-alive': _time, ...answered } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, answered);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    passed.once('error', (error: NodeJS.ErrnoException) => fail(`${upstream.url}: ${error.code ?? error.message}`));
    incoming.pipe(passed);
  }
}
