/** What of the stores was found not to be what had been written, since the start. Health says so while there is any. */
export class DamageRegister {
  private readonly found: string[] = [];

  get isEmpty(): boolean {
    return this.found.length === 0;
  }

  /** @param what names a store and its part. */
  add(what: string): void {
    this.found.push(what);
  }
}
