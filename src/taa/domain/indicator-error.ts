/** Why something cannot be used as an indicator; the message is for whoever sent it. */
export class IndicatorError extends Error {
  override readonly name = 'IndicatorError';
}
