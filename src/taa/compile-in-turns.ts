import { shortTurns } from '../platform/clock/short-turns.js';
import { IndicatorCompiler, type IndicatorImage, type MatchGates } from './domain/indicator-image.js';
import type { Indicator } from './domain/indicator.js';

/** Compiles indicators a moment at a time, so that others have their turns. @param pages they may be read while they are compiled. */
export async function compileInTurns(
  pages: AsyncIterable<readonly Indicator[]> | Iterable<readonly Indicator[]>,
  gates: MatchGates,
): Promise<IndicatorImage> {
  const compiler = new IndicatorCompiler(gates);
  const breathe = shortTurns();
  for await (const page of pages) {
    for (const indicator of page) {
      compiler.add(indicator);
      const pause = breathe();
      if (pause !== undefined) await pause;
    }
  }
  return compiler.image();
}
