/** Tells the other instances that something in the shared database has changed. It says that and nothing else: what is true stands in the database. */
export abstract class ChangeSignal {
  /** Whether what others send arrives here now, as far as can be told. */
  abstract get isLive(): boolean;

  /** Calls `listener` whenever another instance says so, and when the signal is back after it was away. */
  abstract listen(listener: () => void): void;

  /** Tells the others. Never fails: who does not hear it asks by itself before long. */
  abstract send(): void;
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
}
