import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import type { AdmittedRequest } from '../auth/caller.decorator.js';
import { AuditLog } from '../audit/audit-log.js';
import { SummedRecords } from '../audit/summed-records.js';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/tokens.js';
import { clientAddress, peerOf, readBlocks } from '../http/client-address.js';
import { Metrics } from '../observability/metrics.js';
import type { Problem } from '../problems/problem.js';
import { refusalOf } from './refusal-of.js';

const LIMITS = { oneByOne: 5, groupsPerLog: 200, windowMs: 60_000 };

/** Writes refused requests into the audit logs: of the tenant where the credential is known to be of one, else of the platform. */
@Injectable()
export class RefusalAudit implements BeforeApplicationShutdown {
  private readonly records: SummedRecords;
  private readonly trusted;

  constructor(
    audit: AuditLog,
    clock: Clock,
    private readonly metrics: Metrics,
    @Inject(CONFIG) { http }: Config,
  ) {
    const logger = new Logger(RefusalAudit.name);
    const failure = { event: 'refusals.unwritten', text: 'refused requests could not be recorded' };
    this.records = new SummedRecords({ audit, clock, logger, limits: LIMITS, failure });
    this.trusted = readBlocks(http.trustedProxies);
  }

  /** Notes an error answer; nothing where it is no refusal. */
  note(problem: Problem, request: AdmittedRequest, response: Response): void {
    const refusal = refusalOf(problem, request, response, clientAddress(peerOf(request), this.trusted));
    if (!refusal) return;
    this.metrics.requestsRefused.inc({ problem: problem.type });
    this.records.note(refusal);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.records.end();
  }
}
