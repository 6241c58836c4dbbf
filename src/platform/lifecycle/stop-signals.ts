const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Longest that a start goes on once it was asked to stop. */
const START_MS = 3_000;

/**
 * SIGTERM and SIGINT, from the first moment of the process. A start that is asked to stop goes on to its next step at most and exits 0: nothing was
 * acknowledged yet, and what it had begun is done again by the next start, as after a power cut.
 */
export class StopSignals {
  private listener: ((signal: NodeJS.Signals) => void) | undefined;
  private first: NodeJS.Signals | undefined;

  /** @param exit ends the process. */
  constructor(private readonly exit: (code: number) => void) {}

  /** Takes the signals of this process over. */
  static install(): StopSignals {
    const signals = new StopSignals((code) => process.exit(code));
    for (const signal of SIGNALS) process.on(signal, () => signals.take(signal));
    return signals;
  }

  /** The signal that came during the start. */
  get early(): NodeJS.Signals | undefined {
    return this.first;
  }

  take(signal: NodeJS.Signals): void {
    if (this.listener) return this.listener(signal);
    if (this.first !== undefined) return;
    this.first = signal;
    setTimeout(() => this.listener ?? this.exit(0), START_MS).unref();
  }

  /** The start is over: signals go to this listener. */
  handOver(listener: (signal: NodeJS.Signals) => void): void {
    this.listener = listener;
  }
}
