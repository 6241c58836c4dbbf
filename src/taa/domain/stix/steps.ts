import { StixPatternError } from './stix-pattern-error.js';

/** Work that one evaluation may do. A step is a value looked at, or a few characters of a text. */
export class Steps {
  private left: number;

  constructor(most: number) {
    this.left = most;
  }

  /** @throws StixPatternError where the work is more than is allowed. */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new StixPatternError('the pattern costs too much on these observations');
  }
}
