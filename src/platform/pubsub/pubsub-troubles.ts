import { HealthProbe } from '../health/health-probe.js';

const MOST_NAMED = 20;

/** What of Pub/Sub cannot be used at present, topic by topic and subscription by subscription, as health tells it. */
export class PubSubTroubles extends HealthProbe {
  readonly name = 'pubsub';
  readonly isCritical = false;
  private readonly troubles = new Map<string, string>();

  /** @param what bounded text that names it and says why. */
  note(resource: string, what: string): void {
    this.troubles.set(resource, what);
  }

  /** It works. */
  clear(resource: string): void {
    this.troubles.delete(resource);
  }

  async check(): Promise<void> {
    if (this.troubles.size === 0) return;
    const named = [...this.troubles.values()].slice(0, MOST_NAMED);
    const others = this.troubles.size - named.length;
    throw new Error([...named, ...(others > 0 ? [`and ${others} more`] : [])].join('; '));
  }
}
