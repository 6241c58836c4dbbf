/** A generalised Pareto distribution of how far values lie above a threshold. */
export interface ParetoTail {
  /** Above 0: heavy tail; 0: exponential; below 0: the tail ends. */
  readonly shape: number;
  readonly scale: number;
}

const STEPS = 48;
const REFINEMENTS = 24;
const SMALLEST = 1e-9;

/**
 * The tail that makes the excesses most likely. The likelihood's two parameters are reduced to one, `shape / scale`, for which the best shape
 * is known (Grimshaw 1993, as Siffer et al. 2017 use it); that one is searched over its whole range, which needs no start value and cannot
 * diverge. Shapes are kept between -0.5 and 1: outside of it likelihood says nothing about a few dozen values.
 * @param excesses at least one value, each 0 or more.
 */
export function fitParetoTail(excesses: ArrayLike<number>): ParetoTail {
  let most = 0;
  let sum = 0;
  for (let i = 0; i < excesses.length; i++) {
    most = Math.max(most, excesses[i]!);
    sum += excesses[i]!;
  }
  const mean = sum / excesses.length;
  if (!(mean > SMALLEST)) return { shape: 0, scale: SMALLEST };
  let best = { tail: { shape: 0, scale: mean }, likelihood: logLikelihood(excesses, { shape: 0, scale: mean }) };
  let at = 0;
  const consider = (ratio: number): void => {
    const tail = tailAt(excesses, ratio);
    const likelihood = logLikelihood(excesses, tail);
    if (likelihood > best.likelihood) [best, at] = [{ tail, likelihood }, ratio];
  };
  for (let step = 1; step <= STEPS; step++) {
    const share = step / (STEPS + 1);
    consider(-share / most);
    consider(10 ** (4 * share - 2) / mean);
  }
  if (at === 0) return best.tail;
  for (let round = 0, reach = 0.2; round < REFINEMENTS; round++, reach *= 0.75) {
    const from = at;
    consider(from * (1 + reach));
    consider(from * (1 - reach));
  }
  return best.tail;
}

/** The share of values above the threshold that lie more than `excess` above it. */
export function exceedance({ shape, scale }: ParetoTail, excess: number): number {
  if (Math.abs(shape) < SMALLEST) return Math.exp(-excess / scale);
  const base = 1 + (shape * excess) / scale;
  return base <= 0 ? 0 : base ** (-1 / shape);
}

/** How far above the threshold the value lies that a share of them exceeds: the inverse of {@link exceedance}. */
export function excessAt({ shape, scale }: ParetoTail, share: number): number {
  if (Math.abs(shape) < SMALLEST) return -scale * Math.log(share);
  return (scale / shape) * (share ** -shape - 1);
}

/** Log likelihood of the excesses; minus infinity where one lies beyond the end of the tail. */
export function logLikelihood(excesses: ArrayLike<number>, { shape, scale }: ParetoTail): number {
  const n = excesses.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const base = 1 + (shape * excesses[i]!) / scale;
    if (base <= 0) return -Infinity;
    sum += Math.abs(shape) < SMALLEST ? excesses[i]! / scale : (1 + 1 / shape) * Math.log(base);
  }
  return -n * Math.log(scale) - sum;
}

function tailAt(excesses: ArrayLike<number>, ratio: number): ParetoTail {
  let sum = 0;
  for (let i = 0; i < excesses.length; i++) sum += Math.log(Math.max(SMALLEST, 1 + ratio * excesses[i]!));
  const shape = Math.min(1, Math.max(-0.5, sum / excesses.length));
  return { shape, scale: Math.max(SMALLEST, shape / ratio) };
}
