import { setTimeout as wait } from 'node:timers/promises';
import type { LoadedDetection } from '../../ada/adapters/load-detection.js';
import { sampleCost } from '../../ada/domain/liveness/sample-cost.js';

/** After each rule lies a rest so many times as long as it took, so that this has a twentieth of the thread, and others wait for one rule at most. */
const REST = 19;
const LONGEST_REST_MS = 1_000;

/** Measures what rules cost by themselves, on their own samples: there is nothing of a tenant in it. */
export class CostMeasurement {
  private readonly stopping = new AbortController();

  constructor(
    private readonly detection: Pick<LoadedDetection, 'rules' | 'eachSampled'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** For an event like its samples, in µs, by the rule's id; without rules that have no sample, and without correlations. Once stopped, what was measured so far. */
  async measure(): Promise<ReadonlyMap<string, number>> {
    const rules = new Map(this.detection.rules.map((rule) => [rule.id, rule]));
    const costs = new Map<string, number>();
    let begun = this.now();
    for (const { id, samples } of this.detection.eachSampled()) {
      const rule = rules.get(id);
      const cost = rule && sampleCost(rule, samples, this.now);
      if (cost !== undefined) costs.set(id, cost);
      await this.rest(REST * (this.now() - begun));
      if (this.stopping.signal.aborted) break;
      begun = this.now();
    }
    return costs;
  }

  stop(): void {
    this.stopping.abort();
  }

  private async rest(ms: number): Promise<void> {
    const { signal } = this.stopping;
    await wait(Math.min(ms, LONGEST_REST_MS), undefined, { signal }).catch(() => undefined);
  }
}
