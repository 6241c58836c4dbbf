const MEBIBYTE = 1024 * 1024;

/** How much of what is refused after it was read a tenant may send. */
export interface RefusedBytesLimits {
  readonly bytesPerSecond: number;
  /** Beyond so many, larger bodies are refused unread until they have drained. */
  readonly most: number;
  /** Bodies below this are always read: reading them costs no more than refusing them. */
  readonly largeFrom: number;
}

const DEFAULT_LIMITS: RefusedBytesLimits = { bytesPerSecond: MEBIBYTE, most: MEBIBYTE, largeFrom: 256 * 1024 };
const MOST_TENANTS = 10_000;

interface Level {
  readonly bytes: number;
  readonly at: number;
}

/**
 * The bytes that were read of each tenant only to be refused for its rate. Reading costs everybody's time, so it is bounded as well as what is
 * admitted: a leaky bucket in bytes. Times are milliseconds of a clock that is never set back.
 */
export class RefusedBytes {
  private readonly levels = new Map<string, Level>();

  constructor(private readonly limits = DEFAULT_LIMITS) {}

  /** Whether a body may be so large that it is not to be read for nothing. @param declared its length as sent, where it is said */
  isLarge(declared: number | undefined, encoded: boolean): boolean {
    return declared === undefined || encoded || declared >= this.limits.largeFrom;
  }

  isSpent(tenant: string, now: number): boolean {
    return this.levelOf(tenant, now) >= this.limits.most;
  }

  /** Notes a body that was read and refused. @param bytes after decompression */
  add(tenant: string, bytes: number, now: number): void {
    const level = this.levelOf(tenant, now) + bytes;
    this.levels.delete(tenant);
    this.levels.set(tenant, { bytes: level, at: now });
    const [oldest] = this.levels.keys();
    if (this.levels.size > MOST_TENANTS && oldest !== undefined) this.levels.delete(oldest);
  }

  private levelOf(tenant: string, now: number): number {
    const level = this.levels.get(tenant);
    if (!level) return 0;
    return Math.max(0, level.bytes - (Math.max(0, now - level.at) / 1_000) * this.limits.bytesPerSecond);
  }
}
