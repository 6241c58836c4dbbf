import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Caller } from '../auth/caller.decorator.js';
import { deedOf } from '../auth/deed-of.js';
import { Clock } from '../clock/clock.js';
import { notFound, Problem } from '../problems/problem.js';
import { storageFaultOf } from '../storage/storage-fault.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { WorkRunner } from '../work-queue/work-runner.js';
import { deadLetterIdOf, parseDeadLetterId, type DeadLetterPlace } from './dead-letter-id.js';
import { DeadLetterStore, type DeadLetter, type DeadLetterFilter, type DeadLetterState, type EntryOf } from './dead-letter-store.js';

/** Most dead letters that one request replays. */
const MOST_AT_ONCE = 500;
/** A tenant's replayed letters run this far apart, in milliseconds, so that they do not crowd out what is new. */
const SPACING_MS = 50;

/** A dead letter and whose it is. */
export interface FoundLetter {
  readonly tenant: TenantId;
  readonly letter: DeadLetter;
}

/** Dead letters of several tenants. */
export interface FoundLetters {
  readonly letters: readonly FoundLetter[];
  /** Tenants on the way whose letters cannot be read: they are being deleted, or their database is damaged. */
  readonly leftOut: readonly TenantId[];
}

/** How far a replay of a kind has come. */
export interface ReplayProgress {
  readonly replayed: number;
  /** Dead letters of the kind that are left; ask again for them. */
  readonly remaining: number;
  /** When the last of those replayed will run, milliseconds since the epoch; null where there are none. */
  readonly until: number | null;
  /** Tenants whose letters could not be replayed: they are being deleted, or their database is damaged. */
  readonly leftOut: readonly TenantId[];
}

/** Dead letters of all tenants, for the platform's operators. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly store: DeadLetterStore,
    private readonly tenants: TenantDirectory,
    private readonly runner: WorkRunner,
    private readonly clock: Clock,
  ) {}

  /**
   * Dead letters behind a place, by tenant and then in the order they died: one more than `limit` where there are more.
   * @throws Problem 404 for an unknown tenant, and what the only one asked for cannot be read for.
   */
  async list(
    only: readonly string[] | undefined,
    filter: DeadLetterFilter,
    after: readonly [string, string],
    limit: number,
  ): Promise<FoundLetters> {
    const found: FoundLetter[] = [];
    const leftOut: TenantId[] = [];
    for (const tenant of await this.tenantsFrom(after[0], only)) {
      const behind = tenant === after[0] ? after[1] : '';
      const letters = await this.readable(only, tenant, () => this.store.page(tenant, filter, behind, limit + 1 - found.length));
      if (letters === undefined) leftOut.push(tenant);
      else found.push(...letters.map((letter) => ({ tenant, letter })));
      if (found.length > limit) break;
    }
    return { letters: found, leftOut };
  }

  /** @throws Problem 404 */
  async find(id: string): Promise<FoundLetter> {
    const { tenant, name } = await this.placeOf(id);
    const letter = await this.store.find(tenant, name);
    if (!letter) throw notFound();
    return { tenant, letter };
  }

  /** @throws Problem 404, or 409 with the state of one that is not dead. */
  async replay(caller: Caller, id: string): Promise<FoundLetter> {
    const { tenant, name } = await this.placeOf(id);
    const state = await this.store.replay(tenant, name, this.clock.now(), this.entryOf(caller, tenant, 'dead_letter.replayed'));
    refuseUnlessDead(state);
    const letter = await this.store.find(tenant, name);
    this.runner.wake(tenant);
    if (!letter) throw notFound();
    return { tenant, letter };
  }

  /** @throws Problem 404, or 409 with the state of one that is not dead. */
  async discard(caller: Caller, id: string, reason: string | undefined): Promise<void> {
    const { tenant, name } = await this.placeOf(id);
    const entryOf = this.entryOf(caller, tenant, 'dead_letter.discarded', reason);
    refuseUnlessDead(await this.store.discard(tenant, name, this.clock.now(), entryOf));
  }

  /**
   * Replays what died of a kind, of one tenant or of all, as much as one request may.
   * @throws Problem 404 for an unknown tenant, and what the only one asked for cannot be read for.
   */
  async replayAll(caller: Caller, kind: string, only: readonly string[] | undefined): Promise<ReplayProgress> {
    let replayed = 0;
    let remaining = 0;
    let until: number | null = null;
    const leftOut: TenantId[] = [];
    for (const tenant of await this.tenantsFrom('', only)) {
      const done = await this.readable(only, tenant, () => this.replayIn(caller, tenant, kind, MOST_AT_ONCE - replayed));
      if (done === undefined) {
        leftOut.push(tenant);
        continue;
      }
      replayed += done.times.length;
      until = Math.max(until ?? 0, ...done.times) || null;
      remaining += done.remaining;
    }
    return { replayed, remaining, until, leftOut };
  }

  private async replayIn(
    caller: Caller,
    tenant: TenantId,
    kind: string,
    most: number,
  ): Promise<{ readonly times: readonly number[]; readonly remaining: number }> {
    const pace = { most, spacingMs: SPACING_MS, now: this.clock.now() };
    const times = most > 0 ? await this.store.replayAll(tenant, kind, pace, this.entryOf(caller, tenant, 'dead_letter.replayed')) : [];
    if (times.length > 0) this.runner.wake(tenant);
    return { times, remaining: await this.store.count(tenant, { kind: [kind] }) };
  }

  /** `undefined` where one of several tenants is being deleted or its database is damaged: that is no reason to keep the others' from anybody. */
  private async readable<T>(only: readonly string[] | undefined, tenant: TenantId, read: () => Promise<T>): Promise<T | undefined> {
    const isOnlyOne = only?.length === 1;
    if (!isOnlyOne && (await this.tenants.find(tenant))?.status === 'deleting') return undefined;
    try {
      return await read();
    } catch (error) {
      const isOfTenant = error instanceof TenantRetired || storageFaultOf(error) === 'damaged';
      if (isOnlyOne || !isOfTenant) throw error;
      return undefined;
    }
  }

  private async tenantsFrom(first: string, only: readonly string[] | undefined): Promise<readonly TenantId[]> {
    const all = (await this.tenants.list()).map(({ tenant_id }) => tenant_id);
    if (only?.some((name) => !all.some((tenant) => tenant === name))) throw notFound();
    return all.filter((tenant) => tenant >= first && (only?.includes(tenant) ?? true)).sort();
  }

  private async placeOf(id: string): Promise<DeadLetterPlace> {
    const place = parseDeadLetterId(id);
    if (!place || !(await this.tenants.find(place.tenant))) throw notFound();
    return place;
  }

  private entryOf(caller: Caller, tenant: TenantId, action: AuditEntry['action'], comments?: string): EntryOf {
    return ({ dead_letter_id: name, kind, key, attempts, correlation_id }) => ({
      ...deedOf(caller),
      action,
      target: { type: 'dead_letter', id: deadLetterIdOf({ tenant, name }) },
      outcome: 'success',
      details: { kind, key, attempts, correlation_id },
      ...(comments === undefined ? {} : { comments }),
    });
  }
}

function refuseUnlessDead(state: DeadLetterState | undefined): void {
  if (state === undefined) throw notFound();
  if (state === 'dead') return;
  throw new Problem('conflict', `Only a dead letter can be replayed or discarded; this one is ${state}.`, {
    members: { state, current_state: state },
  });
}
