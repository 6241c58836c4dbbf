/** A stretch of time over which the rate goes evenly from one value to another; requests a second. */
export interface Stage {
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

/**
 * Reads stages: `200:60` is 200 requests a second for 60 s, `50..400:120` rises from 50 to 400 in 120 s; several follow one another, separated by commas.
 * @throws Error where the text is none of these.
 */
export function parseStages(text: string): readonly Stage[] {
  return text.split(',').map((part) => {
    const match = /^(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?:(\d+(?:\.\d+)?)$/.exec(part.trim());
    if (!match) throw new Error(`"${part.trim()}" is no stage: write RATE:SECONDS or FROM..TO:SECONDS`);
    const [, from = '', to = from, seconds = ''] = match;
    const stage = { from: Number(from), to: Number(to), seconds: Number(seconds) };
    if (stage.seconds <= 0 || stage.from + stage.to <= 0 || Math.max(stage.from, stage.to) > 100_000)
      throw new Error(`"${part.trim()}": rates are above 0 and at most 100000, seconds above 0`);
    return stage;
  });
}

/** Length of all stages, in seconds. */
export function planSeconds(stages: readonly Stage[]): number {
  return stages.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Requests that all stages together come to. */
export function planRequests(stages: readonly Stage[]): number {
  return Math.floor(stages.reduce((sum, stage) => sum + requestsOf(stage), 0) + 1e-9);
}

/** When each request is to be sent, in seconds after the beginning: evenly over each stretch of equal rate, whatever becomes of earlier ones. */
export function* sendTimes(stages: readonly Stage[]): Generator<number> {
  let begun = 0;
  let before = 0;
  let number = 0;
  for (const stage of stages) {
    const until = before + requestsOf(stage);
    for (; number + 1 <= until + 1e-9; number += 1) yield begun + timeOf(stage, number - before);
    before = until;
    begun += stage.seconds;
  }
}

function requestsOf({ from, to, seconds }: Stage): number {
  return ((from + to) / 2) * seconds;
}

/** When `count` requests of a stage have become due: the area below a line, solved for time. */
function timeOf({ from, to, seconds }: Stage, count: number): number {
  const wanted = Math.max(0, count);
  const slope = (to - from) / seconds;
  if (Math.abs(slope) < 1e-12) return wanted / from;
  return (2 * wanted) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * wanted)));
}
