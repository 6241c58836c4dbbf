/** How patient streams are, in milliseconds. */
export interface StreamTimes {
  /** A client that has not taken what waits for it by then is cut. */
  readonly patience: number;
  /** After so long without anything sent a comment is, so that nothing on the way ends the connection. */
  readonly beat: number;
  /** How often feeds are looked at although nothing was told, and streams at whether they may go on. */
  readonly look: number;
  /** How often feeds are looked at while the instances tell each other. */
  readonly quietLook: number;
  /** How soon clients are to come back once their stream has ended. */
  readonly retry: number;
}

/** Injection token of `StreamTimes`. */
export const STREAM_TIMES = Symbol('stream times');

export const USUAL_TIMES: StreamTimes = { patience: 10_000, beat: 15_000, look: 1_000, quietLook: 5_000, retry: 2_000 };
