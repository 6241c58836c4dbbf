import type { SecurityEvent } from '../../../contracts/security-event.js';
import { CountSketch } from './count-sketch.js';
import { DetectionBudget } from './detection-budget.js';
import { EventTime } from './event-time.js';
import { FACETS, type Observation, RATES, type Tally } from './facets.js';
import { FacetNovelty } from './facet-novelty.js';
import { KeyHash, seedOf } from './key-hash.js';
import { type Burst, RateTable } from './rate-table.js';
import { SeenFilter } from './seen-filter.js';
import { RATE_LIMITS, TUNING } from './tuning.js';

/** A pair that was never seen before, from an entity that is known and where newness is rare. */
export interface Novelty {
  /** 0 to 1: one minus the chances of newness, shared among all who have the right part. */
  readonly surprise: number;
  /** The right part was never seen in this tenant, with whomever. */
  readonly newToTenant: boolean;
}

const SEEN_BYTES = 64 * 1024;
const SKETCH_WIDTH = 8 * 1024;
const PEERS_WIDTH = 4 * 1024;
const RATED_ENTITIES = 4_096;
const WINDOW_BYTES = 8 * 1024;
const RARITY_DECADES = 4;
const KEYS = { pair: 0, right: 1, left: 2, leftNew: 3, entity: 4, item: 5, kinds: 6 };

/** What statistics hold of one tenant: fixed memory of about 300 KiB, whatever the tenant sends. */
export class TenantBaseline {
  readonly time = new EventTime();
  readonly novelty = new FacetNovelty();
  readonly seen = new SeenFilter(SEEN_BYTES);
  readonly counts = new CountSketch(SKETCH_WIDTH);
  /** With how many `left`s each `right` was seen; kept for a generation, like `seen`. */
  readonly peers = new CountSketch(PEERS_WIDTH);
  readonly rates = new RateTable(RATED_ENTITIES);
  readonly items = new SeenFilter(WINDOW_BYTES);
  readonly budget = new DetectionBudget();
  events = 0;
  window = 0;
  private readonly key: KeyHash;

  constructor(tenant: string) {
    this.key = new KeyHash(seedOf(tenant));
  }

  /** True once enough was seen for something new to mean anything. */
  get isLearned(): boolean {
    return this.events >= TUNING.learning.events && this.time.elapsed >= TUNING.learning.time;
  }

  /** Moves on to a batch: event time, decay, and what the tenant may be told. */
  enter(events: readonly SecurityEvent[], arrival: number): void {
    const before = this.time.now;
    this.time.enter(events, arrival);
    if (this.time.now < before) this.comeBack();
    else this.decay(before, this.time.now);
    this.events += events.length;
    if (this.isLearned) this.budget.grant(events.length);
  }

  /** Learns a pair, and tells what is new about it where that is worth telling. */
  observe({ facet, left, right }: Observation): Novelty | undefined {
    const kind = FACETS.indexOf(facet) * KEYS.kinds;
    const { key, counts } = this;
    counts.increment(key.of(kind + KEYS.pair, left, right));
    const isNew = this.seen.add(key);
    const known = counts.increment(key.of(kind + KEYS.left, left));
    const peers = isNew ? this.peers.increment(key.of(kind + KEYS.right, right)) - 1 : Infinity;
    const isTelling = peers <= TUNING.mostPeers;
    const facetNovelty = this.novelty.learn(facet, isTelling);
    if (!isTelling) return undefined;
    const leftNovelty = counts.increment(key.of(kind + KEYS.leftNew, left)) / known;
    if (!this.isLearned || known < TUNING.leastKnown) return undefined;
    if (facetNovelty > TUNING.facetNovelty || leftNovelty > TUNING.leftNovelty) return undefined;
    return { surprise: ((1 - facetNovelty) * (1 - leftNovelty)) / (1 + peers), newToTenant: peers === 0 };
  }

  /** Counts an occurrence at an event; the burst where it begins one. */
  tally({ rate, entity, item }: Tally, event: SecurityEvent): Burst | undefined {
    const time = this.time.of(event);
    if (!this.time.follow(time)) return undefined;
    const window = Math.floor(time / TUNING.window);
    const kind = (FACETS.length + RATES.indexOf(rate)) * KEYS.kinds;
    if (item !== undefined && !this.isFirst(kind, entity, item, window)) return undefined;
    const burst = this.rates.count(this.key.of(kind + KEYS.entity, entity), window, RATE_LIMITS[rate]);
    return this.isLearned ? burst : undefined;
  }

  /** 1 for a pair counted once (lately), falling by a quarter with each power of ten, to 0; `undefined` before enough was learned. */
  rarity({ facet, left, right }: Observation): number | undefined {
    if (!this.isLearned) return undefined;
    const count = this.counts.count(this.key.of(FACETS.indexOf(facet) * KEYS.kinds + KEYS.pair, left, right));
    const rarity = 1 - Math.log10(Math.max(1, count)) / RARITY_DECADES;
    return Math.round(Math.max(0, rarity) * 100) / 100;
  }

  private isFirst(kind: number, entity: string, item: string, window: number): boolean {
    if (window > this.window) {
      this.items.turn();
      this.items.turn();
      this.window = window;
    }
    return this.items.add(this.key.of(kind + KEYS.item, entity, item));
  }

  private comeBack(): void {
    const last = Math.floor(this.time.now / TUNING.window) - 1;
    this.window = Math.min(this.window, last);
    this.rates.kept.comeBack(last);
  }

  private decay(before: number, now: number): void {
    if (Number.isNaN(before)) return;
    const halvings = Math.floor(now / TUNING.halfLife) - Math.floor(before / TUNING.halfLife);
    for (let i = 0; i < halvings; i++) this.counts.halve();
    if (Math.floor(now / TUNING.generation) === Math.floor(before / TUNING.generation)) return;
    this.seen.turn();
    this.peers.halve();
  }
}
