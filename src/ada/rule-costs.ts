import { Injectable, Logger } from '@nestjs/common';

/** What rules cost by themselves for an event like their samples, in µs, by the rule's id. */
export type CostsOfRules = ReadonlyMap<string, number>;

const MOST_ATTEMPTS = 3;

/**
 * Knows what the rules of this process cost, the same for all tenants. They are measured once somebody asks, in the background: whoever asks before that is done
 * finds nothing. Nothing is known either where nobody has called `take`.
 */
@Injectable()
export class RuleCosts {
  private readonly logger = new Logger(RuleCosts.name);
  private measure: (() => Promise<CostsOfRules>) | undefined;
  private known: CostsOfRules = new Map();
  private attempts = 0;
  private isUnderWay = false;

  /** Takes the way in which rules are measured; what is known of others is forgotten. */
  take(measure: () => Promise<CostsOfRules>): void {
    this.measure = measure;
    this.known = new Map();
    this.attempts = 0;
    this.isUnderWay = false;
  }

  /** What is known by now. */
  soFar(): CostsOfRules {
    if (this.measure !== undefined && !this.isUnderWay && this.attempts < MOST_ATTEMPTS) void this.find(this.measure);
    return this.known;
  }

  private async find(measure: () => Promise<CostsOfRules>): Promise<void> {
    this.isUnderWay = true;
    this.attempts += 1;
    try {
      const known = await measure();
      if (this.measure !== measure) return;
      this.known = known;
      this.attempts = MOST_ATTEMPTS;
    } catch (error) {
      this.logger.warn({ err: error, event: 'rules.unmeasured' }, 'what rules cost could not be measured');
    } finally {
      if (this.measure === measure) this.isUnderWay = false;
    }
  }
}
