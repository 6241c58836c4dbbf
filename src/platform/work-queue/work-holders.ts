/**
 * Who has work in hand. A claim is named, and its name stands in the rows that it took, so that what it completes is only what it still has.
 * No clock decides whether a claim is still good: wall clocks jump, and those of two observers never agree.
 */
export abstract class WorkHolders {
  /** A name for a claim that this process is about to make. */
  abstract begin(): Promise<string>;

  /** The claim has nothing in hand any more. */
  abstract end(holder: string): void;

  /** Of these claims, those that nobody works on any more. */
  abstract gone(holders: readonly string[]): Promise<readonly string[]>;
}
