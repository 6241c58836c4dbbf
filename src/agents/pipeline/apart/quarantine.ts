import { createHash } from 'node:crypto';
import type { TenantId } from '../../../contracts/tenant.js';
import { PipelineUnavailable } from '../../../mssp/ingest/domain/event-pipeline.js';
import type { PoisonEvent } from '../../../mssp/ingest/domain/poison-event.js';
import type { ApartBatch } from './apart-protocol.js';
import { findCulprits, Findings, type TrialOutcome } from './find-culprits.js';
import { TenantTurns } from './tenant-turns.js';

/** Bounds of trying events apart. */
export interface QuarantineLimits {
  /** Batches that are tried at once; one of a tenant. */
  readonly atOnce: number;
  /** Batches that may wait for it, in all and of one tenant. */
  readonly waiting: number;
  readonly waitingOfTenant: number;
  /** Longest that trying one batch may take, and longest that it may wait before, in milliseconds. */
  readonly batchMs: number;
  /** How long a tenant's events are tried apart after one of them was at fault, in milliseconds. */
  readonly watchMs: number;
  /** Batches of which it is remembered what was found so far, where there was no time to find out all. */
  readonly remembered: number;
}

/** Where events are tried. */
export interface TrialThread {
  run(batch: ApartBatch, from: number, timeMs: number): Promise<TrialOutcome>;
  close(): Promise<void>;
}

/**
 * Tries the events of tenants under suspicion in threads apart before they come to the thread that other tenants share, and finds those that would take it down.
 * A tenant is under suspicion for a while after its events took a thread down, and whenever such an event is found again.
 */
export class Quarantine {
  private readonly watched = new Map<TenantId, number>();
  private readonly findings = new Map<string, Findings>();
  private readonly idle: TrialThread[] = [];
  private readonly turns: TenantTurns;

  /** @param now milliseconds of a clock that only moves on. */
  constructor(
    private readonly newThread: () => TrialThread,
    private readonly limits: QuarantineLimits,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.turns = new TenantTurns(limits);
  }

  /** A tenant's events have taken a thread down. */
  watch(tenant: TenantId): void {
    this.watched.set(tenant, this.now() + this.limits.watchMs);
  }

  isWatched(tenant: TenantId): boolean {
    const until = this.watched.get(tenant);
    if (until === undefined) return false;
    if (this.now() < until) return true;
    this.watched.delete(tenant);
    return false;
  }

  /**
   * The events that cannot be inspected, in order of index.
   * @throws PipelineUnavailable where as much is tried as may be, or there was no time; what was found is remembered for when the same batch comes again.
   */
  async examine(batch: ApartBatch): Promise<readonly PoisonEvent[]> {
    const free = await this.turns.take(batch.tenant);
    if (!free) throw new PipelineUnavailable('as many batches are tried apart as may be');
    const thread = this.idle.pop() ?? this.newThread();
    try {
      return await this.examineIn(thread, batch);
    } finally {
      this.idle.push(thread);
      free();
    }
  }

  /** Forgets a tenant. */
  forget(tenant: TenantId): void {
    this.watched.delete(tenant);
  }

  async close(): Promise<void> {
    await Promise.all(this.idle.map((thread) => thread.close()));
  }

  private async examineIn(thread: TrialThread, batch: ApartBatch): Promise<readonly PoisonEvent[]> {
    const key = keyOf(batch);
    const findings = this.findings.get(key) ?? new Findings();
    const ends = this.now() + this.limits.batchMs;
    const trial = (from: number): Promise<TrialOutcome> => thread.run(batch, from, ends - this.now());
    const poison = await findCulprits(trial, findings, () => this.now() >= ends).catch(() => undefined);
    if (poison === undefined) {
      this.remember(key, findings);
      throw new PipelineUnavailable('the events could not be tried apart in time');
    }
    this.findings.delete(key);
    if (findings.poison.size > 0) this.watch(batch.tenant);
    return poison;
  }

  private remember(key: string, findings: Findings): void {
    this.findings.set(key, findings);
    const [oldest] = this.findings.keys();
    if (this.findings.size > this.limits.remembered && oldest !== undefined) this.findings.delete(oldest);
  }
}

/** The same events of the same tenant are the same batch, whatever request brings them. */
function keyOf({ tenant, form, body }: ApartBatch): string {
  return createHash('sha256').update(`${tenant}\n${form}\n`).update(body).digest('base64url');
}
