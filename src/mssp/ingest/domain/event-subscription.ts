/** A message that was delivered: it comes again until it is acknowledged. */
export interface Delivery {
  /** The same however often it comes. */
  readonly id: string;
  readonly data: Buffer;
  /** Names this delivery of it. */
  readonly receipt: string;
}

/** Where events are fetched from. */
export abstract class EventSubscription {
  /** As logs and health name it; the same for as long as it is the same subscription. */
  abstract readonly name: string;

  /**
   * Has deliveries taken as they come, and none where it is known that the connection works; resolves when it ends, or when `signal` says so. Call it
   * again then.
   * @throws Error that says why nothing can be fetched.
   */
  abstract receive(take: (deliveries: readonly Delivery[]) => void, signal: AbortSignal): Promise<void>;

  /** Nothing comes until `resume`. */
  abstract pause(): void;

  abstract resume(): void;

  /** Says that messages need not come again. @throws Error where that was not heard: they do. */
  abstract acknowledge(receipts: readonly string[]): Promise<void>;

  /** Says that messages are still in hand, so that they do not come again yet. */
  abstract keep(receipts: readonly string[]): Promise<void>;

  /** Has messages come again after so many seconds. */
  abstract putBack(receipts: readonly string[], seconds: number): Promise<void>;
}
