const DAY_MS = 86_400_000;

/** Lets time pass for a clock as it does: in steps of days, with a look at it after each, so that what looks does not take it for a leap. */
export async function timePasses(clock: { at: number }, to: number, look: () => Promise<void>): Promise<void> {
  while (clock.at < to) {
    clock.at = Math.min(to, clock.at + 6 * DAY_MS);
    await look();
  }
}
