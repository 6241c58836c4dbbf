import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Body, Controller, HttpCode, Inject, Module, Post } from '@nestjs/common';
import { toTenantId } from '../../src/contracts/tenant.js';
import { AllowService } from '../../src/platform/auth/allow.decorator.js';
import { OutboundPolicies } from '../../src/platform/resilience/outbound-policies.js';
import { ServiceCallFailed, SignedHttpClient, type ServiceAnswer } from '../../src/platform/service-auth/signed-http-client.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

/** What the services of this test have under way, and when it ended. */
const work = { base: '', upstream: '', begun: 0, ended: [] as number[], told: [] as unknown[] };

/** A service that asks the next one, three in a row; the last one waits for something slow. */
@Controller('hop')
class HopController {
  constructor(
    @Inject(SignedHttpClient) private readonly client: SignedHttpClient,
    @Inject(OutboundPolicies) private readonly policies: OutboundPolicies,
  ) {}

  @Post()
  @HttpCode(200)
  @AllowService({ from: ['mssp'] })
  async hop(@Body() { left }: { left: number }): Promise<unknown> {
    work.begun += 1;
    try {
      return left > 0 ? await this.next(left - 1) : await this.slow();
    } catch (error) {
      work.told.push(error);
      throw error;
    } finally {
      work.ended.push(performance.now());
    }
  }

  private async next(left: number): Promise<unknown> {
    const call = {
      receiver: 'mssp',
      url: new URL('/hop', work.base),
      body: { left },
      timeoutMs: 20_000,
      idempotencyKey: `hop-${left}-${Math.random()}`,
    } as const;
    const answer = await this.client.post(call, { tenant: toTenantId('acme-corp'), correlationId: 'hop' });
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    return answer.body;
  }

  private slow(): Promise<unknown> {
    const policy = this.policies.dependency('service', 'service slow').policy();
    return policy.execute(async (signal) => (await fetch(work.upstream, { signal })).text(), { isRepeatable: true });
  }
}

@Module({ controllers: [HopController] })
class HopModule {}

describe('deadlines', () => {
  let app: RunningApp;
  let slow: Server;
  let open = 0;

  beforeAll(async () => {
    slow = createServer((request, response) => {
      open += 1;
      const timer = setTimeout(() => response.end('{}'), 10_000);
      response.once('close', () => {
        open -= 1;
        clearTimeout(timer);
      });
      request.resume();
    });
    await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', listening));
    app = await startApp({ imports: [HopModule] });
    work.base = app.baseUrl;
    work.upstream = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    slow.closeAllConnections();
    slow.close();
  });

  it('RES-06 deadline: two seconds over three services, the last of which needs ten: all work has ended after 2.2', async () => {
    const client = app.app.get(SignedHttpClient);
    const began = performance.now();
    const call = { receiver: 'mssp', url: new URL('/hop', work.base), body: { left: 2 }, timeoutMs: 2_000 } as const;
    const failed: unknown = await client
      .post(call, { tenant: toTenantId('acme-corp'), correlationId: 'first' })
      .catch((error: unknown) => error);
    // Whichever of the two clocks was first: its own patience has ended, or the service has said so.
    expect(failed instanceof ServiceCallFailed ? 504 : (failed as ServiceAnswer).status).toBe(504);
    expect(performance.now() - began).toBeLessThan(2_200);
    await eventually(() => expect([work.ended.length, open]).toEqual([3, 0]));
    expect(work.begun).toBe(3);
    expect(Math.max(...work.ended) - began).toBeLessThan(2_200);
    expect(Math.min(...work.ended) - began).toBeGreaterThan(1_500);
    for (const { executing, waiting } of app.app.get(OutboundPolicies).list()) expect([executing, waiting]).toEqual([0, 0]);
  });

  it('RES-06 is believed from services alone', async () => {
    const token = await app.token('acme-corp', 'analyst');
    await app.http.get('/api/v1/alerts').set('Authorization', `Bearer ${token}`).set('X-Request-Timeout-Ms', '1').expect(200);
  });
});
