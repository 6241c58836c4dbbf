import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Audited } from '../../platform/audit/audited.decorator.js';
import { Allow } from '../../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../../platform/auth/caller.decorator.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { ReadsOwnBody } from '../../platform/http/control-plane-body.interceptor.js';
import { leaveUnread } from '../../platform/http/leave-unread.js';
import { OwnIdempotency } from '../../platform/idempotency/idempotency.interceptor.js';
import { Problem, invalid } from '../../platform/problems/problem.js';
import type { Encoding } from './decompress.js';
import type { IngestAnswer } from './domain/ingest-answer.js';
import { IntakeGate, type Place } from './domain/intake-gate.js';
import type { Submission } from './domain/submission.js';
import { IntakeAudit } from './intake-audit.js';
import { DescribeIngest } from './ingest.openapi.js';
import { IngestService } from './ingest.service.js';
import { declaredBytes, encodingOf, readBody, type BodyLimits } from './request-body.js';

const BODY_TIMEOUT_MS = 30_000;
const LINES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];
const KEY = /^[\x21-\x7e]{1,128}$/;

/** Events in. The body is read here, after the guards, so that nobody without a credential costs memory. */
@ApiTags('events')
@Controller('api/v1/events')
export class IngestController {
  private readonly limits: BodyLimits;
  private readonly mostEvents: number;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly ingest: IngestService,
    private readonly gate: IntakeGate,
    private readonly clock: Clock,
    private readonly audit: IntakeAudit,
  ) {
    this.mostEvents = config.ingest.maxEvents;
    this.limits = { maxBytes: config.ingest.maxBytes, timeoutMs: BODY_TIMEOUT_MS };
  }

  /** Takes a batch of events. When this is answered they are stored on disk and inspected. */
  @Post()
  @Audited('tenant', 'events.received')
  @HttpCode(202)
  @Allow('events:ingest', { apiKey: true })
  @ReadsOwnBody()
  @OwnIdempotency()
  @DescribeIngest()
  async send(
    @InTenant() caller: TenantCaller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<IngestAnswer> {
    const form = formOf(request);
    const encoding = encodingOf(request);
    const parts = { form, source: sourceOf(request), idempotencyKey: keyOf(request), correlationId: caller.correlationId };
    await this.ingest.refuseFull(caller.tenant);
    await this.refuseUnread(caller, request, encoding);
    const place = this.enter(caller, request);
    try {
      const body = await readBody(request, encoding, place, this.limits);
      const submission: Submission = { ...parts, body, receivedAt: this.clock.now() };
      const { answer, replayed, headers } = await this.ingest.take(caller.tenant, submission);
      if (!replayed) this.audit.note(caller, answer);
      response.set(headers);
      if (replayed) response.set('Idempotency-Replayed', 'true');
      return answer;
    } finally {
      place.leave();
    }
  }

  private async refuseUnread({ tenant }: TenantCaller, request: Request, encoding: Encoding): Promise<void> {
    try {
      const { mostEvents } = this;
      await this.ingest.refuseUnread(tenant, { declared: lengthOf(request), encoded: encoding !== 'identity', mostEvents });
    } catch (error) {
      leaveUnread(request);
      throw error;
    }
  }

  private enter({ tenant }: TenantCaller, request: Request): Place {
    const place = this.gate.enter(tenant, declaredBytes(request, this.limits));
    if (place) return place;
    throw this.ingest.saturated(tenant);
  }
}

function lengthOf({ headers }: Request): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

function formOf(request: Request): Submission['form'] {
  if (request.is('application/json')) return 'envelope';
  if (request.is(LINES)) return 'lines';
  if (request.headers['content-type'] === undefined && request.headers['content-length'] === '0') return 'envelope';
  throw new Problem('unsupported-media-type', 'Send application/json or application/x-ndjson.', {
    headers: { Accept: ['application/json', ...LINES].join(', '), Connection: 'close' },
  });
}

function sourceOf(request: Request): string | undefined {
  const { source } = request.query;
  if (source === undefined || typeof source === 'string') return source;
  throw invalid([{ pointer: 'source', code: 'repeated', detail: 'name one source' }]);
}

function keyOf(request: Request): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw invalid([{ pointer: 'Idempotency-Key', code: 'bad_key', detail: 'must be 1 to 128 visible ASCII characters' }]);
}
