import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import type { ServiceName } from '../../src/platform/service-auth/service-name.js';
import { ServiceCaller } from './service-caller.js';

/** Which of two neighbours is a release ahead. */
export type Ahead = 'nobody' | 'caller' | 'agent';

const ADDED = 'added_later';

/**
 * Stands before an agent and has one of the two speak as a later release would: what it says has a field more, in every object. What the caller says is signed
 * anew.
 */
export class OtherRelease {
  ahead: Ahead = 'nobody';
  /** Status codes that the agent has answered. */
  readonly answered: number[] = [];
  private target = '';
  private caller: ServiceCaller | undefined;

  private constructor(
    private readonly server: Server,
    private readonly agent: ServiceName,
  ) {}

  static async start(agent: ServiceName): Promise<OtherRelease> {
    const server = createServer((request, response) => {
      void release.pass(request, response).catch(() => response.destroy());
    });
    const release = new OtherRelease(server, agent);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return release;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on calls go to this agent. @param dataDir where the secret is that both share */
  async standBefore(baseUrl: string, dataDir: string): Promise<void> {
    this.target = baseUrl;
    this.caller = await ServiceCaller.of(dataDir, 'mssp', new SystemClock(), this.agent);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.caller) throw new Error('there is no agent yet');
    const said = JSON.parse(await textOf(request)) as unknown;
    const headers = Object.fromEntries(
      ['X-Correlation-ID', 'Idempotency-Key', 'traceparent', 'X-Request-Timeout-Ms'].flatMap((name) => {
        const value = request.headers[name.toLowerCase()];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    );
    const tenant = String(request.headers['x-tenant-id']);
    const body = this.ahead === 'caller' ? withMore(said) : said;
    const answer = await this.caller.send(this.target, { path: request.url ?? '/', tenant, headers, body });
    this.answered.push(answer.status);
    const isChanged = this.ahead === 'agent' && answer.status === 200;
    response.writeHead(answer.status, { 'Content-Type': String(answer.headers['content-type']) });
    response.end(isChanged ? JSON.stringify(withMore(JSON.parse(answer.body))) : answer.body);
  }
}

function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withMore(member)] as const);
  return { ...Object.fromEntries(members), [ADDED]: { since: 'the next release' } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
