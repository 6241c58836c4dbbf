import { Controller, Get, Module, type LoggerService } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { assignCorrelationId } from '../../src/platform/http/correlation-id.js';
import { BusinessEvents } from '../../src/platform/observability/business-events.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { RefusalAudit } from '../../src/platform/refusals/refusal-audit.js';
import { ProblemFilter } from '../../src/platform/problems/problem.filter.js';

const INNER = 'SELECT secret FROM api_key; password=hunter2; at /srv/app/src/x.ts:12';

@Controller()
class FailingController {
  @Get('error')
  error(): never {
    throw new Error(INNER);
  }

  @Get('text')
  text(): never {
    // oxlint-disable-next-line no-throw-literal
    throw INNER;
  }

  @Get('rejection')
  async rejection(): Promise<never> {
    throw Object.assign(new Error(INNER), { status: 502, expose: true });
  }
}

@Module({
  controllers: [FailingController],
  providers: [
    { provide: BusinessEvents, useValue: new BusinessEvents(new Metrics()) },
    { provide: RefusalAudit, useValue: { note: () => undefined } },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
class FailingModule {}

describe('errors that nobody expected', () => {
  it('ASVS V16.5.1 are answered without detail and logged under the id that the answer names', async () => {
    const logged: string[] = [];
    const keep = (...parts: unknown[]): void =>
      void logged.push(parts.map((part) => (part instanceof Error ? part.message : JSON.stringify(part, errorText))).join(' '));
    const logger: LoggerService = { log: keep, warn: keep, error: keep };
    const module = await Test.createTestingModule({ imports: [FailingModule] }).compile();
    const app = module.createNestApplication<NestExpressApplication>({ logger });
    app.use(assignCorrelationId);
    await app.init();
    try {
      for (const path of ['/error', '/text', '/rejection']) {
        logged.length = 0;
        const answer = await supertest(app.getHttpServer()).get(path).set('X-Correlation-ID', 'req-known');
        expect(answer.status).toBe(500);
        expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(answer.body).toMatchObject({ status: 500, correlation_id: 'req-known' });
        expect(JSON.stringify(answer.body) + JSON.stringify(answer.headers)).not.toMatch(/SELECT|hunter2|\/srv\/app/);
        expect(logged.join('\n')).toContain('request.failed');
        expect(logged.join('\n')).toContain('SELECT secret');
      }
    } finally {
      await app.close();
    }
  });
});

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
