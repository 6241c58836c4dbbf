import type { SecurityEvent } from '../../../contracts/security-event.js';
import { DetectionBudget } from '../statistical/detection-budget.js';
import { EventTime } from '../statistical/event-time.js';
import { KeyHash, seedOf } from '../statistical/key-hash.js';
import type { Observed } from '../statistical/observe-event.js';
import { SeenFilter } from '../statistical/seen-filter.js';
import { TUNING } from '../statistical/tuning.js';
import { type AnomalyFinding, foremostFirst } from './anomaly-finding.js';
import { CountSeries } from './count-series.js';
import { EdgeWatch } from './edge-watch.js';
import { EntityWindows, FEATURES } from './entity-windows.js';
import { keptNumbers, keptTogether } from './kept.js';
import { EDGE_TYPES, type TypedEdge, typedEdges } from './typed-edges.js';
import { VectorModel } from './vector-model.js';

const ENTITIES = 1_024;
const PAIR_BYTES = 32 * 1024;
const WINDOW_BYTES = 8 * 1024;
const KEYS = { source: 0, destination: 1, actor: 2, pair: 3, met: 4, kinds: 5 };
const FEWEST = 8;

/** What anomaly detection holds of one tenant: fixed memory of about 400 KiB, whatever the tenant sends. */
export class TenantAnomalies {
  readonly budget = new DetectionBudget();
  private readonly numbers = { events: 0, window: 0 };
  private readonly time = new EventTime();
  private readonly edges: EdgeWatch;
  private readonly windows = new EntityWindows(ENTITIES);
  private readonly vectors: VectorModel;
  private readonly series = new CountSeries();
  private readonly pairs = new SeenFilter(PAIR_BYTES);
  private readonly met = new SeenFilter(WINDOW_BYTES);
  private readonly key: KeyHash;
  private readonly vector = new Float64Array(FEATURES.length);
  /** Its state, for snapshots. */
  readonly kept;

  constructor(tenant: string) {
    const seed = seedOf(tenant);
    this.key = new KeyHash(seed);
    this.edges = new EdgeWatch(seed);
    this.vectors = new VectorModel(FEATURES.length, seed);
    this.kept = keptTogether([
      keptNumbers(this.numbers, 'events'),
      keptNumbers(this.budget, 'credit'),
      keptNumbers(this.numbers, 'window'),
      keptNumbers(this.time, 'first', 'now'),
      this.edges.kept,
      this.windows.kept,
      this.vectors.kept,
      this.series.kept,
      this.pairs,
      this.met,
    ]);
  }

  /** Moves on to a batch: event time, and what the tenant may be told. */
  enter(events: readonly SecurityEvent[], arrival: number): void {
    const { numbers, time } = this;
    const before = time.now;
    time.enter(events, arrival);
    if (time.now < before) this.comeBack();
    numbers.events += events.length;
    if (this.isLearned) this.budget.grant(events.length);
  }

  /** Judges an event and learns it. @param risk chance below which something is told. @returns what is least likely about it. */
  inspect(event: SecurityEvent, observed: Observed, risk: number): AnomalyFinding | undefined {
    const edges = typedEdges(event, observed);
    const time = this.time.of(event);
    if (edges.length === 0 || !this.time.follow(time)) return undefined;
    this.edges.enter(time - this.time.first);
    let found = this.series.enter(event, this.time.now, risk);
    for (const edge of edges) {
      this.series.count(edge.type);
      for (const finding of [this.judgeEdge(event, edge, risk), this.judgeActor(event, edge, risk)])
        if (finding !== undefined && (found === undefined || foremostFirst(finding, found) < 0)) found = finding;
    }
    return this.isLearned ? found : undefined;
  }

  /** True once enough was seen for anything to mean something. */
  private get isLearned(): boolean {
    return this.numbers.events >= TUNING.learning.events && this.time.elapsed >= TUNING.learning.time;
  }

  private judgeEdge(event: SecurityEvent, edge: TypedEdge, risk: number): AnomalyFinding | undefined {
    const kind = EDGE_TYPES.indexOf(edge.type) * KEYS.kinds;
    const source = this.key.of(kind + KEYS.source, edge.source).low;
    const destination = this.key.of(kind + KEYS.destination, edge.destination).low;
    const judged = this.edges.judge(edge.type, source, destination, risk);
    if (judged === undefined) return undefined;
    const subject = judged.judgement.by === 'destination' ? edge.destination : edge.source;
    return { kind: 'edge', event, subject, edge, ...judged };
  }

  private judgeActor(event: SecurityEvent, edge: TypedEdge, risk: number): AnomalyFinding | undefined {
    const window = Math.floor(this.time.of(event) / TUNING.window);
    this.turn(window);
    const kind = EDGE_TYPES.indexOf(edge.type) * KEYS.kinds;
    const step = {
      type: edge.type,
      isFailure: edge.isFailure,
      isDifferent: this.met.add(this.key.of(kind + KEYS.met, edge.source, edge.destination)),
      isFirst: this.pairs.add(this.key.of(kind + KEYS.pair, edge.source, edge.destination)),
    };
    const actor = this.key.of(KEYS.actor, edge.actor);
    const events = this.windows.count(actor, window, step, this.vector);
    if (events < FEWEST || (events & (events - 1)) !== 0) return undefined;
    const { chance, isGoingOn } = this.vectors.observe(this.vector, actor);
    if (chance >= risk || isGoingOn) return undefined;
    const { dimension, usual } = this.vectors.farthest(this.vector);
    const [feature, seen] = [FEATURES[dimension]!, 2 ** this.vector[dimension]! - 1];
    return { kind: 'entity', event, subject: edge.actor, chance, feature, seen, usual: 2 ** usual - 1 };
  }

  private comeBack(): void {
    const last = Math.floor(this.time.now / TUNING.window) - 1;
    this.numbers.window = Math.min(this.numbers.window, last);
    this.edges.comeBack(this.time.elapsed);
    this.windows.kept.comeBack(last);
    this.series.comeBack(this.time.now);
  }

  private turn(window: number): void {
    if (window <= this.numbers.window) return;
    this.met.turn();
    this.met.turn();
    this.numbers.window = window;
  }
}
