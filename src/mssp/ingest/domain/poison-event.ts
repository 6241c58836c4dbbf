/** An event that inspection fails on, whatever stands beside it. */
export interface PoisonEvent {
  /** Position in its request. */
  readonly index: number;
  readonly reason: string;
  /** How often it was tried by itself. */
  readonly attempts: number;
}
