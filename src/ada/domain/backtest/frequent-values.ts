/** A value that occurred often. */
export interface FrequentValue {
  readonly value: string;
  /** How often, at most. */
  readonly count: number;
  /** How many of those may have been others. */
  readonly uncertain: number;
}

/** Longest value that is told from others, in characters. */
const LONGEST = 256;

/**
 * Counts the most frequent values in bounded room: Space-Saving (Metwally, Agrawal, El Abbadi 2005). Counts are exact as long as there are no more different
 * values than there is room; any value is known that is more than one in `room` of all.
 * @param known what was counted before
 * @param room most values that are known
 */
export function countValues(known: readonly FrequentValue[], values: Iterable<string>, room: number): readonly FrequentValue[] {
  const counts = new Map(known.map((one) => [one.value, one]));
  for (const whole of values) {
    const value = whole.slice(0, LONGEST);
    const before = counts.get(value);
    if (before !== undefined || counts.size < room) {
      counts.set(value, { value, count: (before?.count ?? 0) + 1, uncertain: before?.uncertain ?? 0 });
      continue;
    }
    const least = leastOf(counts.values());
    counts.delete(least.value);
    counts.set(value, { value, count: least.count + 1, uncertain: least.count });
  }
  return [...counts.values()];
}

/** The most frequent first; of equals the one whose text comes first. */
export function mostFrequent(known: readonly FrequentValue[], most: number): readonly FrequentValue[] {
  return known.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, most);
}

function leastOf(counts: Iterable<FrequentValue>): FrequentValue {
  let least: FrequentValue = { value: '', count: Infinity, uncertain: 0 };
  for (const one of counts) if (one.count < least.count) least = one;
  return least;
}
