import { type LoadedDetection, readDetection } from '../../ada/adapters/load-detection.js';
import type { TenantFilterBook } from '../../ada/adapters/tenant-filter-book.js';
import type { RuleSamples } from '../../ada/domain/liveness/rule-sample.js';
import type { RulesInForce } from '../../ada/domain/rules-in-force.js';
import { shortTurns } from '../../platform/clock/short-turns.js';
import { CostMeasurement } from './cost-measurement.js';
import type { ReadRules, RuleSet, SampledRules } from './rule-set.js';

/** The rules of a pipeline thread: those in force, and those that are to be. */
export class ThreadRules {
  private next: { readonly generation: number; readonly detection: LoadedDetection } | undefined;
  private measurement: CostMeasurement;

  constructor(
    private detection: LoadedDetection,
    private readonly agent: { takeRules(rules: RulesInForce): void },
  ) {
    this.measurement = new CostMeasurement(detection);
  }

  /** What single tenants have of filters. */
  get own(): TenantFilterBook {
    return this.detection.own;
  }

  get costs(): CostMeasurement {
    return this.measurement;
  }

  inForce(): ReadRules {
    return shown(this.detection);
  }

  samples(): readonly RuleSamples[] {
    return this.detection.samples();
  }

  /**
   * Reads a set in short turns and keeps it ready beside the one in force, in the place of any that was kept ready before.
   * @param isTold whether somebody wants to know what it holds.
   */
  async prepare(set: RuleSet, isTold: boolean): Promise<SampledRules | null> {
    this.next = undefined;
    const detection = await this.read(set);
    const samples: RuleSamples[] = [];
    if (isTold) await inTurns(detection.eachSampled(), (rule) => samples.push(rule));
    this.next = { generation: set.generation, detection };
    return isTold ? { ...shown(detection), samples } : null;
  }

  /** Puts a set in force between two turns: at once where it is ready, else once it was read. */
  async take(set: RuleSet): Promise<void> {
    const detection = this.next?.generation === set.generation ? this.next.detection : await this.read(set);
    this.next = undefined;
    detection.own.takeOver(this.own);
    this.agent.takeRules(detection);
    this.detection = detection;
    this.measurement.stop();
    this.measurement = new CostMeasurement(detection);
  }

  /** Lets go of what was kept ready. */
  drop(): void {
    this.next = undefined;
  }

  /** Most filters that tenants have sent are read beforehand too, so that there is little to do at the change. */
  private async read({ texts }: RuleSet): Promise<LoadedDetection> {
    const detection = await readDetection(texts);
    await inTurns(this.own.texts(), ([tenant, text]) => detection.own.set(tenant, text));
    return detection;
  }
}

function shown(detection: LoadedDetection): ReadRules {
  const summaries = detection.summarise();
  return { summaries, digests: new Map(summaries.rules.map(({ id }) => [id, detection.digests.get(id) ?? ''])) };
}

async function inTurns<T>(all: Iterable<T>, work: (one: T) => unknown): Promise<void> {
  const breathe = shortTurns();
  for (const one of all) {
    work(one);
    const pause = breathe();
    if (pause) await pause;
  }
}
