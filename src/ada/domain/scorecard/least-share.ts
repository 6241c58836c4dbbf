/** The two-sided quantile of the normal distribution for 95 %. */
const Z = 1.96;

/**
 * What a share is at least, with 95 % confidence: the lower bound of Wilson's score interval (E. B. Wilson, 1927). One of one says little, forty of fifty
 * say much.
 * @param part how many of the `whole` there were. @param whole at least 1.
 */
export function leastShare(part: number, whole: number): number {
  const share = part / whole;
  const z2 = Z * Z;
  const middle = share + z2 / (2 * whole);
  const spread = Z * Math.sqrt((share * (1 - share)) / whole + z2 / (4 * whole * whole));
  return Math.max(0, (middle - spread) / (1 + z2 / whole));
}
