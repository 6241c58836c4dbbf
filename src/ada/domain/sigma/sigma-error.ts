/** Says why a rule cannot be used. The message is shown to whoever wrote the rule, so it names what is wrong in the rule's own words. */
export class SigmaError extends Error {
  override readonly name = 'SigmaError';
}
