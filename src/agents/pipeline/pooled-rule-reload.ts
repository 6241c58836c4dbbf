import { type DetectionTexts, UnreadableRules } from '../../ada/adapters/gather-detection.js';
import { compareRuleSets } from '../../ada/domain/compare-rule-sets.js';
import { RuleReload, type ReloadedRules } from '../../ada/rule-reload.js';
import { PipelineUnavailable } from '../../mssp/ingest/domain/event-pipeline.js';
import { invalid, Problem } from '../../platform/problems/problem.js';
import type { PooledRules } from './pooled-rules.js';
import type { SampledRules } from './rule-set.js';

/** Reloads the rules of the pipeline's threads, one reload at a time. */
export class PooledRuleReload extends RuleReload {
  private isUnderWay = false;

  /**
   * @param gather reads the files as they are now.
   * @param onTaken is told what is in force, at the moment of the change.
   */
  constructor(
    private readonly rules: PooledRules,
    private readonly gather: () => Promise<DetectionTexts>,
    private readonly onTaken: (read: SampledRules) => void,
  ) {
    super();
  }

  async reload(): Promise<ReloadedRules> {
    if (this.isUnderWay) throw new Problem('conflict', 'Rules are being read already: ask again once that is done.');
    this.isUnderWay = true;
    try {
      return await this.renew();
    } catch (error) {
      throw toProblem(error);
    } finally {
      this.isUnderWay = false;
    }
  }

  private async renew(): Promise<ReloadedRules> {
    const texts = await this.gather();
    const before = await this.rules.inForce();
    const after = await this.rules.renew(texts, refuseNoRule, this.onTaken);
    const change = compareRuleSets(before.digests, after.digests);
    return { generation: this.rules.generation, ...change, failed: after.summaries.unsupported.length };
  }
}

/** Files that hold no rule at all are more likely not there yet than meant. */
function refuseNoRule({ summaries }: SampledRules): void {
  if (summaries.rules.some(({ type }) => type !== 'filter')) return;
  const faults = summaries.unsupported.slice(0, 10).map(({ path, reason }) => `${path}: ${reason}`);
  throw new UnreadableRules(['no rule can be put in force', ...faults].join('; '));
}

function toProblem(error: unknown): unknown {
  if (error instanceof UnreadableRules) return invalid([{ pointer: '', code: 'unreadable_rules', detail: error.message }]);
  if (error instanceof PipelineUnavailable) {
    return new Problem('unavailable', 'The rules in force are those before: ask again.', { headers: { 'Retry-After': '1' } });
  }
  return error;
}
