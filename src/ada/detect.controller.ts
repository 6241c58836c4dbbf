import { Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../platform/audit/audit-log.js';
import { Audited } from '../platform/audit/audited.decorator.js';
import { type InspectionReport, SentEventInspector } from '../contracts/sent-events.js';
import { AllowService } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { Clock } from '../platform/clock/clock.js';
import { ReadsOwnBody } from '../platform/http/control-plane-body.interceptor.js';
import { Problem } from '../platform/problems/problem.js';
import type { SignedRequest } from '../platform/service-auth/wire-body.js';
import { DetectQuery, DetectRequestDto, InspectionReportDto } from './detect.dto.js';

const LARGEST_BODY = 10 * 1024 * 1024;

/** ADA for other services. */
@ApiTags('between services')
@Controller('internal/v1/detect')
export class DetectController {
  constructor(
    private readonly inspector: SentEventInspector,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  /** Inspects events without storing them. ADA learns from them as from any; the same `batch_id` again teaches nothing. */
  @Post()
  @Audited('tenant', 'events.inspected')
  @HttpCode(200)
  @AllowService({ from: ['mssp'], largestBody: LARGEST_BODY })
  @ReadsOwnBody()
  @ApiBody({ type: DetectRequestDto })
  @ApiOkResponse({ type: InspectionReportDto })
  async detect(@InTenant() caller: TenantCaller, @Query() query: DetectQuery, @Req() request: SignedRequest): Promise<InspectionReport> {
    const isJson = request.is('application/json') && (request.headers['content-encoding'] ?? 'identity') === 'identity';
    if (!isJson) throw new Problem('unsupported-media-type', 'Send application/json, uncompressed.');
    const received_at = this.clock.now();
    const batch_id = query.batch_id ?? uuidv7({ msecs: received_at });
    const body = new Uint8Array(request.wireBody ?? []);
    const report = await this.inspector.inspect(caller.tenant, { batch_id, body, received_at });
    const details = { bytes: body.length, inspected: report.inspected };
    const target = { type: 'batch', id: batch_id };
    await this.audit.append(caller.tenant, [{ ...deedOf(caller), action: 'events.inspected', target, outcome: 'success', details }]);
    return report;
  }
}
