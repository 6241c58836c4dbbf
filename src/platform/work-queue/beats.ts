/** Processes that are remembered; those are forgotten first whose count has been the same for longest. */
const MOST = 1_000;
/** Whoever was absent when it was looked at, and was not looked at for so long since, may have been there in between. */
const LONG_UNSEEN_MS = 30_000;

interface Beat {
  /** Null where the process does not show itself. */
  readonly count: number | null;
  readonly since: number;
  seenAt: number;
}

/** How long other processes have shown themselves as they do now, by counts that they keep, and by a clock of this process that is never set. */
export class Beats {
  private readonly known = new Map<string, Beat>();

  /** @param elapsed milliseconds. */
  constructor(private readonly elapsed: () => number) {}

  /** Notes a process's count; answers for how many milliseconds it has been the same, as far as it was looked at. */
  unchangedFor(process: string, count: number | null): number {
    const now = this.elapsed();
    const beat = this.known.get(process);
    const isTheSame = beat?.count === count && (count !== null || now - beat.seenAt < LONG_UNSEEN_MS);
    if (beat && isTheSame) {
      beat.seenAt = now;
      return now - beat.since;
    }
    this.known.delete(process);
    this.known.set(process, { count, since: now, seenAt: now });
    const [oldest] = this.known.keys();
    if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
    return 0;
  }
}
