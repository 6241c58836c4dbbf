import type { DetectionTexts } from '../../ada/adapters/gather-detection.js';
import type { RuleSamples } from '../../ada/domain/liveness/rule-sample.js';
import { PipelineUnavailable } from '../../mssp/ingest/domain/event-pipeline.js';
import type { PipelineThread } from './pipeline-thread.js';
import type { ReadRules, RuleSet, RuleSetInForce, SampledRules } from './rule-set.js';

/** The rules of the pipeline's threads: the same in all of them. */
export class PooledRules {
  constructor(
    private readonly threads: readonly PipelineThread[],
    private readonly set: RuleSetInForce,
  ) {}

  get generation(): number {
    return this.set.current.generation;
  }

  /** What the threads have read. */
  inForce(): Promise<ReadRules> {
    return this.first.ask({ op: 'rules' });
  }

  /** What shows whether they are alive. */
  samples(): Promise<readonly RuleSamples[]> {
    return this.first.ask({ op: 'samples' });
  }

  /** What they cost by themselves for an event like their samples, in µs, by id. Measuring takes a while. */
  costs(): Promise<ReadonlyMap<string, number>> {
    return this.first.ask({ op: 'costs' });
  }

  /**
   * Puts other rules in force: every thread reads them beside those that it has, one thread after another, and all change over once all are ready. What is asked
   * of a thread from then on meets the new ones.
   * @param check may refuse what was read, by throwing; `onTaken` is called at the moment of the change.
   * @throws Error where a thread cannot read them, or is lost; the rules before stay in force then.
   */
  async renew(texts: DetectionTexts, check: (read: SampledRules) => void, onTaken: (read: SampledRules) => void): Promise<ReadRules> {
    const set = { generation: this.generation + 1, texts };
    const read = await this.prepare(set, check).catch((error: unknown) => {
      // A thread that is lost has nothing to let go of.
      for (const thread of this.threads) thread.ask({ op: 'drop-rules' }).catch(() => undefined);
      throw error;
    });
    this.set.current = set;
    onTaken(read);
    // A thread that is lost meanwhile is started with the set in force.
    await Promise.allSettled(this.threads.map((thread) => thread.ask({ op: 'take-rules', set })));
    return read;
  }

  private async prepare(set: RuleSet, check: (read: SampledRules) => void): Promise<SampledRules> {
    let told: SampledRules | null = null;
    for (const thread of this.threads) {
      const read: SampledRules | null = await thread.ask({ op: 'prepare-rules', set, isTold: told === null });
      if (read) check((told = read));
    }
    if (!told) throw new PipelineUnavailable('there is no pipeline thread');
    return told;
  }

  private get first(): PipelineThread {
    const [first] = this.threads;
    if (!first) throw new PipelineUnavailable('there is no pipeline thread');
    return first;
  }
}
