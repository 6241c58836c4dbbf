const MINUTE = 60_000;

/** The numbers of anomaly detection, fixed once for every kind of data; `npm run bench:anomaly` measures with these. */
export const ANOMALY = {
  /** Counters of MIDAS, what a tick leaves to the next, and the score from which a counter's tick is not learned. */
  edges: { rows: 2, width: 512, keep: 0.5, threshold: 1_000 },
  /** Half-space forest: points of the slow and of the fast reference, trees, points before the first tree, trees regrown with each point taken. */
  forest: { points: 512, trees: 192, least: 32, regrown: 4, halfLife: 16_384 },
  fast: { points: 128, trees: 32, least: 32, regrown: 1, halfLife: 1_024 },
  /** What a bit of the mean tail weighs beside a bit of crowding. */
  tailWeight: 0.65,
  /** Anomalous points learned for each one that the risk expects, and how many may be saved up. */
  guard: { risk: 0.001, allowance: 2, most: 4 },
  /** Most points of one entity that are learned of so many in all. */
  entities: { most: 128, of: 1_024, width: 512 },
  spot: { tailShare: 0.02, peaks: 128, generation: 8_192, least: 256 },
  /** A series of one value: its tails, what "lately" and "the same time of day" mean, when it is over and how long it then keeps quiet. */
  series: {
    spot: { tailShare: 0.05, peaks: 64, generation: 16_384, least: 100 },
    lately: 48,
    slot: 5 * MINUTE,
    around: 6,
    days: 7,
    mostDecades: 12,
    alarm: 1.75,
    quiet: 100,
  },
} as const;
