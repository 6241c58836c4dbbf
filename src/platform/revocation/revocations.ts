import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Principal } from '../auth/principal.js';
import { SharedChanges } from '../changes/shared-changes.js';
import { Clock } from '../clock/clock.js';
import { isRevoked, tokenRevocation, type Revocation, type RevocationKind } from './revocation.js';
import { RevocationStore } from './revocation-store.js';

const PRUNE_EVERY_MS = 3_600_000;

/**
 * What is refused although it was good once. The database holds it for all instances; each keeps it in memory, as the door asks on every request,
 * and reads on when it is told of a change or asks by itself.
 */
@Injectable()
export class Revocations implements OnModuleInit {
  private readonly known = new Map<string, Revocation>();
  private lastSeq = 0;
  private prunedAt: number;

  constructor(
    private readonly store: RevocationStore,
    private readonly changes: SharedChanges,
    private readonly clock: Clock,
  ) {
    this.prunedAt = clock.now();
    changes.register(() => this.refresh());
  }

  /** No request is served before what is revoked is known. */
  onModuleInit(): Promise<void> {
    return this.refresh();
  }

  /** Tells whether a principal's credential is revoked. */
  isRevoked(principal: Principal): boolean {
    return isRevoked(principal, (kind, subject) => this.revokedAt(kind, subject));
  }

  /** Since when something is revoked, milliseconds since the epoch. */
  revokedAt(kind: RevocationKind, subject: string): number | undefined {
    return this.known.get(`${kind} ${subject}`)?.at;
  }

  /** Ends one token: a log-out. */
  async revokeToken(principal: Principal, audit: AuditEntry): Promise<void> {
    await this.store.add(tokenRevocation(principal, this.clock.now()), audit);
    await this.changes.announce();
  }

  private async refresh(): Promise<void> {
    const now = this.clock.now();
    for (const { seq, ...revocation } of await this.store.since(this.lastSeq, now)) {
      this.known.set(`${revocation.kind} ${revocation.subject}`, revocation);
      this.lastSeq = Math.max(this.lastSeq, seq);
    }
    if (now - this.prunedAt < PRUNE_EVERY_MS) return;
    this.prunedAt = now;
    for (const [name, { until }] of this.known) if (until <= now) this.known.delete(name);
    await this.store.prune(now);
  }
}
