/** Why a text is no STIX pattern, or why one cannot be evaluated; the message is for whoever wrote it. */
export class StixPatternError extends Error {
  override readonly name = 'StixPatternError';
}
