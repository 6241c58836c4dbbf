/** A server has answered with what cannot be used: too much, or not in the form that was agreed. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}
