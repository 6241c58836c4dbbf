/** The span of time that an alert covers, in milliseconds since the epoch: from its event to when it was raised. */
export interface AlertSpan {
  readonly from: number;
  readonly to: number;
}
