/** A drain that has begun. */
export class DrainDto {
  /** Always true. */
  draining: boolean;
  /** Seconds until no new connection is taken. */
  stops_in_seconds: number;
  /** Seconds until the process has ended at the latest. */
  ends_in_seconds: number;
}
