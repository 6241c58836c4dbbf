/** The wall clock, as a port, so that decisions take time as an argument and tests move it. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract now(): number;

  /** The same as RFC 3339 UTC with milliseconds. */
  isoNow(): string {
    return new Date(this.now()).toISOString();
  }
}
