import { FACETS, type Facet } from './facets.js';
import { TUNING } from './tuning.js';

/** How common newness is in each facet: the share of new pairs, a plain mean at first and an exponentially weighted one later. */
export class FacetNovelty {
  readonly means = new Float64Array(FACETS.length).fill(1);
  readonly counts = new Float64Array(FACETS.length);

  /** Learns whether a pair was new; returns the share as it was before. */
  learn(facet: Facet, isNew: boolean): number {
    const i = FACETS.indexOf(facet);
    const before = this.means[i]!;
    const count = Math.min(this.counts[i]! + 1, TUNING.recent);
    this.counts[i] = count;
    this.means[i] = before + ((isNew ? 1 : 0) - before) / count;
    return before;
  }
}
