import { EdgeTables, type SketchShape } from './edge-tables.js';
import { midasScore } from './midas-score.js';

export interface MidasOptions extends SketchShape {
  /** What is left of a tick's counts in the next one. */
  readonly keep: number;
  /** Score from which a counter's tick is not learned. */
  readonly threshold: number;
}

/** What an edge scored and what was compared. */
export interface EdgeJudgement {
  readonly score: number;
  /** What the score is that of. */
  readonly by: EdgePart;
  /** Its count in this tick, decayed ones included, and its mean a tick. */
  readonly count: number;
  readonly usual: number;
}

export const EDGE_PARTS = ['edge', 'source', 'destination'] as const;

export type EdgePart = (typeof EDGE_PARTS)[number];

/**
 * MIDAS-F (Bhatia, Liu, Hooi, Yoon, Shin and Faloutsos 2022): finds bursts of edges in a stream, and of edges that share a source or a
 * destination, in constant time and memory. Counts of a tick whose counter scored above the threshold are not merged into the past, for which
 * the counter's own mean stands in, so that an attack does not become what is usual. With an endless threshold nothing is left out, which is MIDAS-R (Bhatia et al. 2020).
 */
export class MidasF {
  private readonly edges: EdgeTables;
  private readonly sources: EdgeTables;
  private readonly destinations: EdgeTables;
  private tick = 1;

  constructor(
    private readonly options: MidasOptions,
    seed: number,
  ) {
    this.edges = new EdgeTables(options, seed);
    this.sources = new EdgeTables(options, seed + 0x51ed);
    this.destinations = new EdgeTables(options, seed + 0xa3c1);
  }

  /** Number of the tick that runs, from 1. */
  get ticks(): number {
    return this.tick;
  }

  /** Ends the running tick and begins a later one; ticks between in which nothing came count as ticks without edges. */
  turn(tick: number): void {
    if (tick <= this.tick) return;
    for (const tables of [this.edges, this.sources, this.destinations]) this.close(tables);
    this.tick = tick;
  }

  /** Takes back ticks that were counted and have not been. */
  comeBack(tick: number): void {
    this.tick = Math.min(this.tick, tick);
  }

  /** Counts an edge and scores it. @param source,destination 32-bit hashes of the nodes. */
  score(source: number, destination: number): number {
    const { edges, sources, destinations } = this;
    const edge = edgeKey(source, destination);
    return Math.max(this.judge(edges, edge), this.judge(sources, source), this.judge(destinations, destination));
  }

  /** Takes in what a replica of the same options and seed counted, as far as both have come in time. */
  merge(other: MidasF): void {
    const tick = Math.max(this.tick, other.tick);
    this.turn(tick);
    other.turn(tick);
    this.edges.merge(other.edges);
    this.sources.merge(other.sources);
    this.destinations.merge(other.destinations);
  }

  /** What the edge scored last, in terms that can be told. */
  explain(source: number, destination: number): EdgeJudgement {
    const parts = [
      [this.edges, edgeKey(source, destination)],
      [this.sources, source],
      [this.destinations, destination],
    ] as const;
    const judged = parts.map(([tables, key], i) => {
      const count = tables.least(tables.current, key);
      const total = tables.least(tables.total, key);
      return { score: midasScore(count, total, this.tick), by: EDGE_PARTS[i]!, count, usual: this.tick > 1 ? total / (this.tick - 1) : 0 };
    });
    return judged.reduce((most, one) => (one.score > most.score ? one : most));
  }

  private judge(tables: EdgeTables, key: number): number {
    tables.count(key);
    const score = midasScore(tables.least(tables.current, key), tables.least(tables.total, key), this.tick);
    tables.mark(key, score);
    return score;
  }

  private close({ current, total, scores }: EdgeTables): void {
    const { threshold, keep } = this.options;
    for (let i = 0; i < current.length; i++) {
      if (scores[i]! < threshold) total[i]! += current[i]!;
      else if (this.tick > 1) total[i]! += total[i]! / (this.tick - 1);
      current[i]! *= keep;
    }
  }

  get byteLength(): number {
    return 4 + this.edges.byteLength * 3;
  }

  write(target: DataView, offset: number): void {
    target.setUint32(offset, this.tick, true);
    [this.edges, this.sources, this.destinations].forEach((tables, i) => tables.write(target, offset + 4 + i * tables.byteLength));
  }

  read(source: DataView, offset: number): void {
    this.tick = source.getUint32(offset, true);
    [this.edges, this.sources, this.destinations].forEach((tables, i) => tables.read(source, offset + 4 + i * tables.byteLength));
  }
}

/** One hash of an edge, in which the direction counts. */
export function edgeKey(source: number, destination: number): number {
  return Math.imul(source ^ (source >>> 15), 0x2c1b_3c6d) ^ Math.imul(destination ^ 0x9e37_79b9, 0x297a_2d39);
}
