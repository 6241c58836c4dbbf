import { keptNumbers, keptTogether } from './kept.js';
import { LearningGuard } from './learning-guard.js';
import { type EdgeJudgement, MidasF } from './midas-f.js';
import { Spot } from './spot.js';
import { ANOMALY } from './tuning.js';
import { EDGE_TYPES, type EdgeType } from './typed-edges.js';

const TICK_MS = 60_000;

/** MIDAS-F over all typed edges of a tenant, a minute a tick; scores of each type have a SPOT of their own. */
export class EdgeWatch {
  private readonly midas: MidasF;
  private readonly spots = EDGE_TYPES.map(() => new Spot(ANOMALY.spot));
  private readonly guards = EDGE_TYPES.map(() => new LearningGuard(ANOMALY.guard));
  /** Its state, for snapshots. */
  readonly kept;

  constructor(seed: number) {
    this.midas = new MidasF(ANOMALY.edges, seed);
    this.kept = keptTogether([this.midas, ...this.spots, ...this.guards.map((guard) => keptNumbers(guard, 'credit'))]);
  }

  /** Moves on to a time, milliseconds since the tenant's first event. */
  enter(elapsed: number): void {
    this.midas.turn(tickAt(elapsed));
  }

  /** Comes back to a time that is earlier than the one it is at. */
  comeBack(elapsed: number): void {
    this.midas.comeBack(tickAt(elapsed));
  }

  /** Counts and judges an edge; `undefined` where it is ordinary. */
  judge(
    type: EdgeType,
    source: number,
    destination: number,
    risk: number,
  ): { readonly chance: number; readonly judgement: EdgeJudgement } | undefined {
    const spot = this.spots[EDGE_TYPES.indexOf(type)]!;
    const guard = this.guards[EDGE_TYPES.indexOf(type)]!;
    const score = Math.log2(1 + this.midas.score(source, destination));
    const chance = spot.chance(score);
    if (guard.admits(chance > ANOMALY.guard.risk)) spot.learn(score);
    if (chance >= risk) return undefined;
    const judgement = this.midas.explain(source, destination);
    return judgement.count > judgement.usual ? { chance, judgement } : undefined;
  }
}

function tickAt(elapsed: number): number {
  return 1 + Math.floor(Math.max(0, elapsed) / TICK_MS);
}
