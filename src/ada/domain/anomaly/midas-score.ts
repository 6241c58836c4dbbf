/**
 * How far a key's count in this tick is from its mean over the ticks: the chi-squared statistic of MIDAS (Bhatia et al. 2020), of
 * (this tick, all before it) against (mean, mean × ticks before).
 * @param count occurrences in this tick. @param total in all ticks that were merged. @param tick number of this tick, from 1.
 */
export function midasScore(count: number, total: number, tick: number): number {
  if (total === 0 || tick <= 1) return 0;
  const surplus = count + total - count * tick;
  return (surplus * surplus) / (total * (tick - 1));
}
