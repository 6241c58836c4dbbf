/** Lets a share of what comes pass, evenly: a quarter is every fourth. */
export class Spread {
  private credit = 0;

  /** Whether the next one passes. @param share from 0 to 1. */
  admits(share: number): boolean {
    if (share >= 1) return true;
    this.credit += share;
    if (this.credit < 1) return false;
    this.credit -= 1;
    return true;
  }
}
