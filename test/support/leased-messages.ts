/** A message as it was published. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
}

/** A message that is given to somebody. */
export interface LeasedMessage {
  readonly message: PublishedMessage;
  readonly ackId: string;
  /** How often it has been given before, and this time. */
  readonly deliveryAttempt: number;
}

interface Kept {
  readonly message: PublishedMessage;
  attempts: number;
  isAcknowledged: boolean;
  lease: { readonly ackId: string; readonly holder: object; until: number } | undefined;
}

/**
 * Messages of a subscription and who has them. A message is leased to whom it is given until a time, whatever becomes of the connection; it waits to be given
 * again once that is over, or at once where it is given back. What is said of a lease that is over is not heard, as may be.
 */
export class LeasedMessages {
  private readonly kept = new Map<string, Kept>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number) {}

  add(message: PublishedMessage): void {
    this.kept.set(message.messageId, { message, attempts: 0, isAcknowledged: false, lease: undefined });
  }

  /** What is not acknowledged, given to somebody or not. */
  get unacknowledged(): readonly PublishedMessage[] {
    return [...this.kept.values()].filter(({ isAcknowledged }) => !isAcknowledged).map(({ message }) => message);
  }

  /** When the next lease is over; `undefined` where there is none. */
  get nextEnd(): number | undefined {
    const ends = [...this.kept.values()].flatMap((kept) => (this.isLeased(kept) && kept.lease ? [kept.lease.until] : []));
    return ends.length === 0 ? undefined : ends.reduce((first, end) => Math.min(first, end));
  }

  /** Messages and bytes that somebody has and has said nothing final of. */
  outstanding(holder: object): { readonly messages: number; readonly bytes: number } {
    const theirs = [...this.kept.values()].filter((kept) => this.isLeased(kept) && kept.lease?.holder === holder);
    return { messages: theirs.length, bytes: theirs.reduce((sum, { message }) => sum + message.data.length, 0) };
  }

  /** Gives the oldest messages that nobody has. At least one where `bytes` is above 0. */
  lease(holder: object, most: { readonly messages: number; readonly bytes: number }, forMs: number): readonly LeasedMessage[] {
    const given: LeasedMessage[] = [];
    let { bytes } = most;
    for (const kept of this.kept.values()) {
      if (given.length >= most.messages || bytes <= 0) break;
      if (kept.isAcknowledged || this.isLeased(kept)) continue;
      kept.attempts += 1;
      const ackId = `${kept.message.messageId}:${kept.attempts}`;
      kept.lease = { ackId, holder, until: this.now() + forMs };
      bytes -= kept.message.data.length;
      given.push({ message: kept.message, ackId, deliveryAttempt: kept.attempts });
    }
    return given;
  }

  acknowledge(ackIds: readonly string[]): void {
    for (const kept of this.leasedAs(ackIds)) [kept.isAcknowledged, kept.lease] = [true, undefined];
  }

  /** @param forMs from now on; 0 gives back at once. */
  extend(ackIds: readonly string[], forMs: number): void {
    for (const kept of this.leasedAs(ackIds)) {
      if (kept.lease && forMs > 0) kept.lease.until = this.now() + forMs;
      else kept.lease = undefined;
    }
  }

  /** Has everything come again that was published at a time or later, acknowledged or not, and nothing that was published before. */
  seek(from: number): void {
    for (const kept of this.kept.values()) [kept.isAcknowledged, kept.lease] = [kept.message.publishedAt < from, undefined];
  }

  private leasedAs(ackIds: readonly string[]): readonly Kept[] {
    return ackIds.flatMap((ackId) => {
      const kept = this.kept.get(ackId.slice(0, ackId.lastIndexOf(':')));
      return kept?.lease?.ackId === ackId && this.isLeased(kept) ? [kept] : [];
    });
  }

  private isLeased({ lease }: Kept): boolean {
    return lease !== undefined && lease.until > this.now();
  }
}
