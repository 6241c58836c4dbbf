import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import type { AdmittedRequest } from '../auth/caller.decorator.js';
import { AuditLog, PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/tokens.js';
import { clientAddress, peerOf, readBlocks } from '../http/client-address.js';
import { Metrics } from '../observability/metrics.js';
import type { Problem } from '../problems/problem.js';
import { RefusalLedger, type Refusal } from './refusal-ledger.js';
import { refusalOf } from './refusal-of.js';

const WRITE_EVERY_MS = 500;
const LIMITS = { oneByOne: 5, groupsPerLog: 200, windowMs: 60_000 };

/** Writes refused requests into the audit logs: of the tenant where the credential is known to be of one, else of the platform. */
@Injectable()
export class RefusalAudit implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RefusalAudit.name);
  private readonly ledger = new RefusalLedger(LIMITS);
  private readonly trusted;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    @Inject(CONFIG) { http }: Config,
  ) {
    this.trusted = readBlocks(http.trustedProxies);
  }

  /** Notes an error answer; nothing where it is no refusal. */
  note(problem: Problem, request: AdmittedRequest, response: Response): void {
    const refusal = refusalOf(problem, request, response, clientAddress(peerOf(request), this.trusted));
    if (!refusal) return;
    this.metrics.requestsRefused.inc({ problem: problem.type });
    this.ledger.note(refusal, this.clock.now());
    this.timer ??= setInterval(() => this.write(), WRITE_EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.write(true);
    await this.writing;
  }

  private write(all = false): void {
    const refusals = this.ledger.take(this.clock.now(), all);
    if (this.ledger.isEmpty) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    if (refusals.length > 0) this.writing = this.writing.then(() => this.append(refusals));
  }

  private async append(refusals: readonly Refusal[]): Promise<void> {
    for (const [log, ofLog] of Map.groupBy(refusals, (refusal) => refusal.log)) {
      const entries = ofLog.map(({ entry }) => entry);
      await this.appendTo(log, entries).catch((error: unknown) => {
        this.logger.error({ err: error, event: 'refusals.unwritten', count: entries.length }, 'refused requests could not be recorded');
      });
    }
  }

  /** What a tenant's log cannot take any more, because the tenant is being deleted, stands in the platform's. */
  private async appendTo(log: string, entries: readonly AuditEntry[]): Promise<void> {
    try {
      await this.audit.append(log, entries);
    } catch (error) {
      if (log === PLATFORM_LOG) throw error;
      await this.audit.append(PLATFORM_LOG, entries);
    }
  }
}
