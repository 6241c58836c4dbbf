const SAMPLE = 50_000;

/** Events a second that `JSON.parse` alone gets through in one thread: what rates are compared to, as the speed of machines differs. */
export function measureParse(all: readonly string[]): number {
  const sample = all.slice(0, SAMPLE);
  let best = 0;
  for (let round = 0; round < 2; round += 1) {
    const started = performance.now();
    for (const line of sample) JSON.parse(line);
    best = Math.max(best, sample.length / ((performance.now() - started) / 1_000));
  }
  return Math.round(best);
}

/** Mean length of the lines. */
export function meanLength(lines: readonly string[]): number {
  return Math.round(lines.reduce((sum, line) => sum + line.length, 0) / Math.max(1, lines.length));
}
