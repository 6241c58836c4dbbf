import { createHash } from 'node:crypto';
import type { TenantId } from '../../contracts/tenant.js';
import { PipelineUnavailable } from '../../mssp/ingest/domain/event-pipeline.js';
import type { PipelineGate } from './pipeline-listeners.js';
import type { PipelineThread } from './pipeline-thread.js';
import type { OwnTerms } from './tenant-terms.js';

/** Which thread serves which tenant, always the same, and on which terms. */
export class ServingThreads {
  private readonly numbers = new Map<TenantId, number>();
  private readonly given = new Map<TenantId, OwnTerms>();
  /** Counts up whenever terms that are being fetched may be out of date. */
  private termChanges = 0;

  constructor(
    private readonly threads: readonly PipelineThread[],
    private readonly gate: PipelineGate,
  ) {}

  /** The tenants that something was asked for since the start. */
  get tenants(): readonly TenantId[] {
    return [...this.numbers.keys()];
  }

  /** Those of one thread. */
  tenantsOf(number: number): readonly TenantId[] {
    return this.tenants.filter((tenant) => this.numbers.get(tenant) === number);
  }

  /** The tenant's thread, once it was told to serve it. Terms that were changed while they were fetched are fetched again. */
  async threadOf(tenant: TenantId): Promise<PipelineThread> {
    const thread = this.choose(tenant);
    if (thread.serves(tenant)) this.gate.asked(tenant);
    while (!thread.serves(tenant)) {
      const before = this.termChanges;
      const terms = await this.gate.termsOf(tenant);
      if (before !== this.termChanges) continue;
      if (!thread.serves(tenant)) thread.open(tenant, terms);
      this.given.set(tenant, { filters: terms.filters, indicators: terms.indicators });
      break;
    }
    return thread;
  }

  /** What its thread was last told to hold the tenant's events against. */
  givenTo(tenant: TenantId): OwnTerms | undefined {
    return this.given.get(tenant);
  }

  /** A tenant's keys, or other terms, are not what they were: what is asked for it once this resolves is done on those that it has now. */
  async renew(tenant: TenantId): Promise<void> {
    this.termChanges += 1;
    const thread = this.choose(tenant);
    if (!thread.serves(tenant)) return;
    thread.reopen(tenant);
    // Where this fails, the next to ask for the tenant asks for its terms again.
    await this.threadOf(tenant).catch(() => undefined);
  }

  /** Has the tenant's thread close all that it holds of it. */
  async retire(tenant: TenantId): Promise<void> {
    this.termChanges += 1;
    await this.choose(tenant).retire(tenant);
    this.numbers.delete(tenant);
    this.given.delete(tenant);
  }

  private choose(tenant: TenantId): PipelineThread {
    let number = this.numbers.get(tenant);
    if (number === undefined) {
      number = createHash('sha256').update(tenant).digest().readUInt32LE() % this.threads.length;
      this.numbers.set(tenant, number);
    }
    const thread = this.threads[number];
    if (!thread) throw new PipelineUnavailable('there is no pipeline thread');
    return thread;
  }
}
