/** What a signal says that names nothing: whatever is shared may have changed. */
export const ANYTHING = '1';

/**
 * Tells the other instances that something in the shared database has changed: at most what, and nothing of how it is now, which stands in the
 * database.
 */
export abstract class ChangeSignal {
  /** Whether what others send arrives here now, as far as can be told. */
  abstract get isLive(): boolean;

  /** Calls `listener` with what another instance says, and with `ANYTHING` when the signal is back after it was away. */
  abstract listen(listener: (about: string) => void): void;

  /** Tells the others. Never fails: who does not hear it asks by itself before long. */
  abstract send(about: string): void;

  /** Nothing is listened to any more. */
  abstract end(): Promise<void>;
}

/** No signal: every instance asks by itself. */
export class NoChangeSignal extends ChangeSignal {
  readonly isLive = false;

  listen(): void {
    // nobody sends
  }

  send(): void {
    // nobody listens
  }

  async end(): Promise<void> {
    // nothing was begun
  }
}
