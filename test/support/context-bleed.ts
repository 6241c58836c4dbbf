import { createServer } from 'node:http';
import { readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Writable } from 'node:stream';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Logger as NestLogger, Module } from '@nestjs/common';
import { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, fallback, handleAll, retry, wrap } from 'cockatiel';
import { ClsService } from 'nestjs-cls';
import { Logger, PARAMS_PROVIDER_TOKEN } from 'nestjs-pino';
import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { Allow } from '../../src/platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../../src/platform/auth/caller.decorator.js';
import type { Config } from '../../src/platform/config/config.js';
import { loggingParams } from '../../src/platform/observability/logging.js';
import { OutboundHttp } from '../../src/platform/outbound/outbound-http.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import type { RequestContext } from '../../src/platform/tenancy/request-context.js';
import { enqueueWork } from '../../src/platform/work-queue/enqueue-work.js';
import { WorkHandler, type WorkItem } from '../../src/platform/work-queue/work-item.js';
import { WorkRunner } from '../../src/platform/work-queue/work-runner.js';
import type { WorkTables } from '../../src/platform/work-queue/work-tables.js';
import { eventually } from './eventually.js';
import { startApp, type RunningApp } from './running-app.js';
import { SpanCollector, type CollectedSpan } from './span-collector.js';

const TENANTS = 50;
const AT_ONCE = 200;
/** Of so many requests, one leaves work behind. */
const WORK_OF = 4;

interface Line {
  readonly event?: string;
  readonly where?: string;
  readonly tenant_id?: string;
  readonly correlation_id?: string;
  readonly for_tenant?: string;
  readonly for_correlation?: string;
  readonly trace_id?: string;
}

let receiver = '';
let steps = 0;
const logger = new NestLogger('bleed');
const say = (caller: { readonly tenant: string; readonly correlationId: string }, where: string): void =>
  logger.log({ event: 'bleed', where, for_tenant: caller.tenant, for_correlation: caller.correlationId });

/** One breaker for all tenants, that is open half of the time, with a fallback; and retries that wait. */
const breaker = circuitBreaker(handleAll, { halfOpenAfter: 5, breaker: new ConsecutiveBreaker(2) });
const guarded = wrap(fallback(handleAll, 'fallback'), breaker);
const retried = retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff({ initialDelay: 1, maxDelay: 3 }) });

/** Work that fails at first, and speaks whenever it runs. */
class BleedHandler extends WorkHandler {
  readonly kind = 'bleed';

  async handle(tenant: TenantId, [item]: readonly WorkItem[]): Promise<void> {
    const correlationId = item?.correlation_id ?? '';
    await turn();
    say({ tenant, correlationId }, 'work');
    await sleep(Math.random() * 2);
    say({ tenant, correlationId }, 'work, later');
    if (item?.attempts === 0) throw new Error('not yet');
  }
}

@Controller('api/v1/bleed')
class BleedController {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly runner: WorkRunner,
    private readonly outbound: OutboundHttp,
  ) {
    runner.register(new BleedHandler());
  }

  @Get()
  @Allow('alerts:read')
  async bleed(@InTenant() caller: TenantCaller): Promise<{ tenant: string }> {
    for (let step = 0; step < steps; step++) {
      await this.pause(step);
      say(caller, `step ${step}`);
    }
    let tries = 0;
    await retried.execute(async () => {
      say(caller, 'retry');
      if (tries++ < 2) throw new Error('again');
    });
    const answer = await guarded.execute(async () => {
      await turn();
      if (Math.random() < 0.5) throw new Error('broken');
      return 'answer';
    });
    say(caller, answer);
    await this.outbound.send({ url: receiver, method: 'GET', headers: { 'X-For': caller.tenant }, signal: AbortSignal.timeout(30_000) });
    setTimeout(() => say(caller, 'after the answer'), 5);
    if (Number(caller.correlationId.split('.')[1]) % WORK_OF === 0) await this.leaveWork(caller);
    return { tenant: caller.tenant };
  }

  private async leaveWork(caller: TenantCaller): Promise<void> {
    const db = await this.databases.of<WorkTables>(caller.tenant);
    const work = { kind: 'bleed', key: caller.correlationId, payload: {}, correlation_id: caller.correlationId };
    await db.transaction().execute((trx) => enqueueWork(trx, [work], Date.now()));
    this.runner.wake(caller.tenant);
  }

  private async pause(step: number): Promise<void> {
    if (step % 25 === 0) await sleep(Math.random() * 3);
    else if (step % 10 === 0) await turn();
    else await Promise.resolve();
  }
}

@Module({ controllers: [BleedController] })
class BleedModule {}

/** How much is asked at once, and how much must have been said by then. */
export interface BleedSize {
  readonly requests: number;
  readonly steps: number;
  readonly leastLines: number;
}

/** Requests of 50 tenants, 200 at once, that wait, retry, fall back, call out and leave work behind: all that they say and store must bear their own labels. */
export function contextBleed(title: string, size: BleedSize): void {
  describe('the context of many requests at once', () => {
    let running: RunningApp;
    let collector: SpanCollector;
    const lines: Line[] = [];
    const sent: { readonly tenant: unknown; readonly correlation: unknown; readonly meant: unknown }[] = [];
    const server = createServer((request, response) => {
      sent.push({
        tenant: request.headers['x-tenant-id'],
        correlation: request.headers['x-correlation-id'],
        meant: request.headers['x-for'],
      });
      response.end();
    });
    const stream = new Writable({
      write(chunk: Buffer, _, done) {
        for (const line of chunk.toString().split('\n')) if (line !== '') lines.push(JSON.parse(line) as Line);
        done();
      },
    });

    beforeAll(async () => {
      steps = size.steps;
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      receiver = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      collector = await SpanCollector.start();
      running = await startApp({
        env: { LOG_LEVEL: 'info', OUTBOUND_ALLOW: '127.0.0.1', ...collector.env, OTEL_BSP_MAX_QUEUE_SIZE: '100000' },
        imports: [BleedModule],
        adjust: (builder, config: Config) =>
          builder.overrideProvider(PARAMS_PROVIDER_TOKEN).useFactory({
            inject: [ClsService],
            factory: (cls: ClsService<RequestContext>) => ({ pinoHttp: [loggingParams(config, cls).pinoHttp, stream] }),
          }),
      });
      NestLogger.overrideLogger(running.app.get(Logger));
    });
    afterAll(async () => {
      NestLogger.overrideLogger(false);
      await running.close();
      await collector.close();
      await new Promise((closed) => server.close(closed));
    });

    /** A tenant of its own, with a token of its analyst. */
    async function makeTenant(tenant: string, admin: string): Promise<string> {
      const post = async (path: string, body: object, credential: Record<string, string>): Promise<Record<string, string>> => {
        const headers = { 'Content-Type': 'application/json', ...credential };
        return (await fetch(running.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) })).json() as Promise<
          Record<string, string>
        >;
      };
      await post('/api/v1/tenants', { tenant_id: tenant, name: tenant }, { Authorization: `Bearer ${admin}` });
      const keys = `/api/v1/tenants/${tenant}/api-keys`;
      const key = await post(keys, { principal: `a@${tenant}`, roles: ['analyst'] }, { Authorization: `Bearer ${admin}` });
      const { access_token: token = '' } = await post('/api/v1/auth/token', {}, { 'X-API-Key': key['api_key'] ?? '' });
      return token;
    }

    it(
      title,
      async () => {
        const admin = await running.token('platform');
        const tenants = Array.from({ length: TENANTS }, (_, n) => `bleed-${String(n).padStart(2, '0')}`);
        const tokens = new Map<string, string>();
        for (const tenant of tenants) tokens.set(tenant, await makeTenant(tenant, admin));

        const numbers = Array.from({ length: size.requests }, (_, n) => n).values();
        const faults: string[] = [];
        const client = async (): Promise<void> => {
          for (const n of numbers) {
            const tenant = tenants[n % TENANTS] ?? '';
            const headers = {
              Authorization: `Bearer ${tokens.get(tenant)}`,
              'X-Correlation-ID': `${tenant}.${n}`,
              'Content-Type': 'application/json',
            };
            const answer = await fetch(`${running.baseUrl}/api/v1/bleed`, { headers });
            const body = await answer.text();
            if (answer.status !== 200 || body !== JSON.stringify({ tenant })) faults.push(`${tenant} ${n}: ${answer.status} ${body}`);
            const events = { source: 'generic', events: [{ timestamp: new Date().toISOString(), host: `${tenant}.example` }] };
            const stored = await fetch(`${running.baseUrl}/api/v1/events`, { method: 'POST', headers, body: JSON.stringify(events) });
            const { tenant_id: owner } = (await stored.json()) as { tenant_id: string };
            if (owner !== tenant) faults.push(`${tenant} ${n}: stored under ${owner}`);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, client));
        const runner = running.app.get(WorkRunner, { strict: false });
        const leastOfWork = 2 * Math.ceil(size.requests / WORK_OF);
        const spoken = (): Line[] => lines.filter(({ event }) => event === 'bleed');
        for (const giveUp = Date.now() + 60_000; Date.now() < giveUp; await sleep(200)) {
          for (const tenant of tenants) await runner.idle(toTenantId(tenant));
          if (spoken().filter(({ where }) => where === 'work, later').length >= leastOfWork) break;
        }
        expect(faults).toEqual([]);

        const crossed = spoken().filter((line) => line.tenant_id !== line.for_tenant || line.correlation_id !== line.for_correlation);
        const mislabelled = spoken().filter((line) => !String(line.correlation_id).startsWith(`${line.tenant_id}.`));
        process.stdout.write(`${spoken().length} lines, ${sent.length} calls, ${rowsOf(tenants).length} rows\n`);
        expect([crossed.slice(0, 3), mislabelled.slice(0, 3)]).toEqual([[], []]);
        expect(spoken().length).toBeGreaterThanOrEqual(size.leastLines);
        expect(sent).toHaveLength(size.requests);
        expect(
          sent.filter(({ tenant, correlation, meant }) => tenant !== meant || !String(correlation).startsWith(`${String(meant)}.`)),
        ).toEqual([]);
        await eventually(() => expect(spansOf('work bleed').length).toBeGreaterThanOrEqual(leastOfWork));
        expectNoSpanOfAnother();
        const rows = rowsOf(tenants);
        expect(rows.length).toBeGreaterThanOrEqual(size.requests);
        expect(rows.filter(({ tenant, correlation }) => !correlation.startsWith(`${tenant}.`)).slice(0, 3)).toEqual([]);
      },
      300_000,
    );

    function spansOf(name: string): readonly CollectedSpan[] {
      return collector.spans.filter((span) => span.name === name);
    }

    /** A span's tenant is that of its correlation id, and of its whole trace, and the lines that name a trace are its tenant's. */
    function expectNoSpanOfAnother(): void {
      const tenantOf = new Map<string, unknown>();
      const crossed = collector.spans.filter(({ traceId, attributes }) => {
        const { 'gatra.tenant_id': tenant, 'gatra.correlation_id': correlation } = attributes;
        if (tenant === undefined || !String(correlation).startsWith('bleed-')) return false;
        const first = tenantOf.get(traceId) ?? tenant;
        tenantOf.set(traceId, first);
        return tenant !== first || !String(correlation).startsWith(`${String(tenant)}.`);
      });
      expect(crossed.slice(0, 3)).toEqual([]);
      expect(tenantOf.size).toBeGreaterThan(TENANTS);
      const traced = lines.filter(({ event, trace_id: trace }) => event === 'bleed' && trace !== undefined);
      expect(traced.length).toBeGreaterThan(TENANTS);
      expect(traced.filter(({ trace_id: trace = '', for_tenant: tenant }) => tenantOf.get(trace) !== tenant).slice(0, 3)).toEqual([]);
    }

    /** Every row of the tenants' event files, with whose file it is in and the correlation id it bears. */
    function rowsOf(tenants: readonly string[]): { readonly tenant: string; readonly correlation: string }[] {
      return tenants.flatMap((tenant) => {
        const directory = tenantDirectoryPath(running.dataDir, toTenantId(tenant));
        const files = readdirSync(directory).filter((file) => /^events-.*\.db$/.test(file));
        return files.flatMap((file) => {
          const db = new DatabaseSync(join(directory, file), { readOnly: true });
          const rows = db.prepare('SELECT correlation_id FROM batch').all() as { correlation_id: string }[];
          db.close();
          return rows.map(({ correlation_id: correlation }) => ({ tenant, correlation }));
        });
      });
    }
  });
}
