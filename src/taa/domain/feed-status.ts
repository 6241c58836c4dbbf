/** How a feed does. Times are RFC 3339 UTC; null for what has not happened since the start. */
export interface FeedStatus {
  readonly name: string;
  /** When it was last found to be readable. */
  readonly read_at: string | null;
  /** When a reading failed last, and why; null once it could be read again. */
  readonly failed_at: string | null;
  readonly failure: string | null;
  /** Indicators in force of it: those of the last good reading. */
  readonly indicators: number;
  /** Those among them that are marked more closely than goes to every tenant. */
  readonly withheld: number;
  /** What it offered that cannot be used. */
  readonly unsupported: number;
}
