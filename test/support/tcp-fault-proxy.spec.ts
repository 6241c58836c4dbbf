import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.js';
import { TcpFaultProxy, TOXICS, type Toxic } from './tcp-fault-proxy.js';

const BODY = 'x'.repeat(400);
/** For what is not to be answered, and for what a busy machine may take its time for. */
const PATIENCE_MS = { unanswered: 700, answered: 10_000 };

/** What comes of a request for 400 bytes. */
const OUTCOMES: Readonly<Record<Toxic['kind'], 'slow' | 'refused' | 'unanswered' | 'whole' | 'cut'>> = {
  latency: 'slow',
  down: 'refused',
  bandwidth: 'unanswered',
  slow_close: 'unanswered',
  timeout: 'unanswered',
  reset_peer: 'refused',
  slicer: 'slow',
  limit_data: 'cut',
};

describe('TcpFaultProxy', () => {
  let server: Server;
  let proxy: TcpFaultProxy;

  beforeAll(async () => {
    // Without a length the end of the body is the end of the connection, so that a slow close is felt.
    server = createServer((_request, response) => {
      response.useChunkedEncodingByDefault = false;
      response.setHeader('Connection', 'close');
      response.write(BODY);
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    proxy = await TcpFaultProxy.start((server.address() as AddressInfo).port);
  });
  afterAll(async () => {
    await proxy.stop();
    server.close();
  });

  async function ask(patienceMs = PATIENCE_MS.answered): Promise<string> {
    const began = performance.now();
    try {
      const answer = await fetch(`http://127.0.0.1:${proxy.port}/`, { signal: AbortSignal.timeout(patienceMs) });
      const text = await answer.text();
      if (text !== BODY) return 'cut';
      return performance.now() - began > 100 ? 'slow' : 'whole';
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') return 'unanswered';
      const code = ((error as Error).cause as { code?: string } | undefined)?.code;
      return performance.now() - began > 0 && (code === 'ECONNRESET' || code === 'ECONNREFUSED' || code === 'UND_ERR_SOCKET')
        ? 'refused'
        : String(code);
    }
  }

  it.each(TOXICS)('$kind is felt, and is gone when it is healed', async (toxic) => {
    const outcome = OUTCOMES[toxic.kind];
    await eventually(async () => expect(await ask()).toBe('whole'));
    proxy.poison(toxic);
    const felt = await ask(outcome === 'unanswered' ? PATIENCE_MS.unanswered : PATIENCE_MS.answered);
    expect(outcome === 'cut' ? ['cut', 'refused'] : [outcome]).toContain(felt);
    proxy.heal();
    await eventually(async () => expect(await ask()).toBe('whole'));
    expect(proxy.connections).toBeLessThanOrEqual(1);
  });
});
