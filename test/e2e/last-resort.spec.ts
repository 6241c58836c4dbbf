import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Module, Res, UseGuards, UseInterceptors, type CanActivate, type NestInterceptor } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';
import { AllowEverybody } from '../../src/platform/auth/allow.decorator.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const HIDDEN = 'hidden-detail at /var/lib/secret-path';

class ThrowingGuard implements CanActivate {
  canActivate(): boolean {
    throw new TypeError(HIDDEN);
  }
}

class ThrowingInterceptor implements NestInterceptor {
  intercept(): never {
    throw new RangeError(HIDDEN);
  }
}

@Controller('faulty')
@AllowEverybody()
class FaultyController {
  @Get('handler')
  handler(): never {
    throw new Error(HIDDEN);
  }

  @Get('later')
  async later(): Promise<void> {
    await new Promise((_, reject) => setTimeout(() => reject(new Error(HIDDEN)), 1));
  }

  @Get('no-error')
  noError(): never {
    // oxlint-disable-next-line typescript/only-throw-error -- what is thrown need not be an error
    throw HIDDEN;
  }

  @Get('guard')
  @UseGuards(ThrowingGuard)
  guard(): void {}

  @Get('interceptor')
  @UseInterceptors(ThrowingInterceptor)
  interceptor(): void {}

  @Get('stream')
  async stream(@Res() response: Response): Promise<void> {
    async function* half(): AsyncGenerator<string> {
      yield 'half of the ';
      throw new Error(HIDDEN);
    }
    await pipeline(Readable.from(half()), response);
  }
}

@Module({ controllers: [FaultyController] })
class FaultyModule {}

describe('an error in a request', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ imports: [FaultyModule] });
  });
  afterAll(() => running.close());

  const failures = async (): Promise<number> => {
    const scrape = await running.http
      .get('/metrics')
      .set('Authorization', `Bearer ${await running.token('platform')}`)
      .expect(200);
    return Number(/^errors_total\{kind="request"\} (\d+)$/m.exec(scrape.text)?.[1] ?? 0);
  };

  it.each(['handler', 'later', 'no-error', 'guard', 'interceptor'])(
    'RES-12 trap.P24-no-internal-error-text in a %s is answered with 500 and a correlation id, without detail, and counted',
    async (place) => {
      const before = await failures();
      const answer = await running.http.get(`/faulty/${place}`).set('X-Correlation-ID', `fault-${place}`).expect(500);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.body).toMatchObject({ type: '/problems/internal', status: 500, correlation_id: `fault-${place}` });
      expect(answer.text).not.toMatch(/hidden|secret-path|TypeError|RangeError|at .*\.ts/);
      expect(await failures()).toBe(before + 1);
    },
  );

  it('RES-12 in the middle of an answer cuts it off, so that nobody takes it for whole', async () => {
    const before = await failures();
    await expect(fetch(`${running.baseUrl}/faulty/stream`).then((answer) => answer.text())).rejects.toThrow();
    expect(await failures()).toBe(before + 1);
    await running.http.get('/health/live').expect(200);
  });
});

describe('an error that no code catches, on the built app', () => {
  let app: BuiltApp | undefined;
  afterEach(async () => {
    await app?.kill();
    app = undefined;
  });

  const start = async (fault: string): Promise<{ running: BuiltApp; metrics: () => Promise<string> }> => {
    const running = (app = await BuiltApp.start({ main: 'test/support/faulty-main.mjs', env: { FAULT: fault, METRICS_PORT: '0' } }));
    const line = running.printed.find((printed) => printed.includes('"event":"metrics.listening"')) ?? '{}';
    const { port } = JSON.parse(line) as { port: number };
    return { running, metrics: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text() };
  };
  const uncaught = (running: BuiltApp): Record<string, unknown> | undefined =>
    running.printed.map((line) => JSON.parse(line) as Record<string, unknown>).find(({ event }) => event === 'error.uncaught');

  /** An upload that is half sent; `finish` sends the rest and answers what comes of it. */
  const beginUpload = async (running: BuiltApp): Promise<{ finish: () => Promise<{ status: number | undefined; body: unknown }> }> => {
    const body = JSON.stringify({ source: 'generic', events: [{ message: 'hello' }] });
    const sent = request(`${running.baseUrl}/api/v1/events`, {
      method: 'POST',
      headers: {
        'X-API-Key': running.apiKey('acme-corp', 'collector'),
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        Expect: '100-continue',
      },
    });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.write(body.slice(0, 10));
    return {
      async finish() {
        sent.end(body.slice(10));
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        return { status: answer.statusCode, body: await json(answer) };
      },
    };
  };

  it.each(['timer', 'stream'])(
    'RES-12 in a %s is logged with an id; what is under way is finished, then the process ends with 1',
    async (fault) => {
      const { running } = await start(fault);
      const upload = await beginUpload(running);
      const ended = once(running.process, 'exit');
      running.process.kill('SIGUSR2');
      await eventually(() =>
        expect(uncaught(running)).toMatchObject({ level: 'fatal', kind: 'exception', error_id: expect.stringMatching(/^[\da-f-]{36}$/) }),
      );
      expect(await upload.finish()).toMatchObject({ status: 202, body: { accepted: 1, inspected: true } });
      expect((await ended)[0]).toBe(1);
    },
  );

  it('RES-12 in a promise that nobody waits for is counted and logged with an id, and the process goes on', async () => {
    const { running, metrics } = await start('rejection');
    running.process.kill('SIGUSR2');
    await eventually(() => expect(uncaught(running)).toMatchObject({ level: 'fatal', kind: 'rejection', error_id: expect.any(String) }));
    expect(await metrics()).toContain('errors_total{kind="rejection"} 1');
    expect(await (await beginUpload(running)).finish()).toMatchObject({ status: 202 });
    expect(await running.stop()).toBe(0);
  });

  it('RES-12 the loss of the thread that holds the databases ends the process with 1', async () => {
    const { running } = await start('database');
    const ended = once(running.process, 'exit');
    running.process.kill('SIGUSR2');
    expect((await ended)[0]).toBe(1);
    expect(uncaught(running)).toMatchObject({ kind: 'thread', error_id: expect.any(String) });
  });

  it('RES-12 the loss of a pipeline thread is counted, and the thread comes back', async () => {
    const { running, metrics } = await start('worker');
    running.process.kill('SIGUSR2');
    await eventually(async () => expect(await metrics()).toContain('pipeline_troubles_total{event="pipeline.lost"} 1'));
    await eventually(async () => expect((await fetch(`${running.baseUrl}/health/ready`)).status).toBe(200));
    expect(await (await beginUpload(running)).finish()).toMatchObject({ status: 202, body: { inspected: true } });
    expect(await running.stop()).toBe(0);
  });
});
