import { Logger } from '@nestjs/common';
import { Problem } from '../../platform/problems/problem.js';
import type { PubSubTroubles } from '../../platform/pubsub/pubsub-troubles.js';
import { pause } from '../../platform/resilience/pause.js';
import { backoffMs } from '../../platform/work-queue/backoff.js';
import type { EventSubscription } from './domain/event-subscription.js';
import { HeldDeliveries, type DeliveredBatch } from './domain/held-deliveries.js';
import { refusalDelay } from './domain/refusal-delay.js';
import type { SubscriptionIntake } from './subscription-intake.js';

/** How long events are gathered that come one by one. */
const GATHER_MS = 20;
/** Submissions of one subscription under way at once, where none was refused of late. */
const AT_ONCE = 4;
const MOST_MESSAGES = 5_000;
/** What is refused for longer is given back, so that nobody waits for this process with it. */
const KEPT_SECONDS = 20;
/** Spreads connections that are opened again; nothing that must not be guessed. */
const JITTER = Math.random;

/** What a reader works with. */
export interface ReaderParts {
  readonly subscription: EventSubscription;
  readonly intake: SubscriptionIntake;
  readonly troubles: Pick<PubSubTroubles, 'note' | 'clear'>;
  /** Bounds of one submission. */
  readonly limits: { readonly maxEvents: number; readonly maxBytes: number };
  /** Counts messages by what became of them. */
  readonly count: (outcome: 'acknowledged' | 'put_back', messages: number) => void;
}

/**
 * Fetches what a subscription has, in bounded amounts, and acknowledges a message once all of its events are stored, and not before. What is refused for now
 * is submitted again after the time that the refusal names: it is kept that long, or given back where that is long. Nothing is fetched meanwhile.
 */
export class SubscriptionReader {
  private readonly logger = new Logger('Subscriptions');
  private readonly held: HeldDeliveries;
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private receiving: Promise<void> = Promise.resolve();
  private gathering: NodeJS.Timeout | undefined;
  private waiting: NodeJS.Timeout | undefined;
  private atOnce = AT_ONCE;

  constructor(private readonly parts: ReaderParts) {
    this.held = new HeldDeliveries({ messages: MOST_MESSAGES, bytes: 2 * parts.limits.maxBytes });
  }

  start(): void {
    this.receiving = this.receive();
  }

  /** Fetches nothing more; resolves once what is being stored is stored and acknowledged, and the rest is given back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.gathering);
    clearTimeout(this.waiting);
    await this.receiving;
    await Promise.all(this.underWay);
    await this.giveBack(0);
  }

  private async receive(): Promise<void> {
    const { subscription, troubles } = this.parts;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await subscription.receive((deliveries) => {
          failures = 0;
          troubles.clear(subscription.name);
          this.held.add(deliveries);
          this.bound();
          this.gathering ??= setTimeout(() => this.submit(), GATHER_MS);
        }, signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        this.trouble(error);
      }
      await pause(failures === 0 ? GATHER_MS : backoffMs(failures, JITTER()), signal).catch(() => undefined);
    }
  }

  private submit(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    while (!this.stopping.signal.aborted && this.waiting === undefined && this.held.hasWaiting && this.underWay.size < this.atOnce) {
      const done = this.submitNext()
        .catch((error: unknown) => this.trouble(error))
        .finally(() => {
          this.underWay.delete(done);
          this.bound();
          this.submit();
        });
      this.underWay.add(done);
    }
  }

  private async submitNext(): Promise<void> {
    const { intake, limits, subscription, troubles } = this.parts;
    let batch: DeliveredBatch | undefined;
    try {
      const events = await intake.mostEvents(limits.maxEvents);
      batch = this.held.cut({ events, bytes: limits.maxBytes });
      if (!batch) return;
      await intake.store(batch);
    } catch (error) {
      return this.putOff(error, batch);
    }
    this.atOnce = Math.min(AT_ONCE, this.atOnce + 1);
    troubles.clear(intakeOf(subscription));
    await this.acknowledge(this.held.stored(batch));
  }

  private async acknowledge(receipts: readonly string[]): Promise<void> {
    if (receipts.length === 0) return;
    await this.parts.subscription.acknowledge(receipts);
    this.parts.count('acknowledged', receipts.length);
  }

  private async putOff(error: unknown, batch: DeliveredBatch | undefined): Promise<void> {
    const seconds = this.tellRefusal(error);
    if (batch) this.held.putBack(batch);
    this.atOnce = 1;
    if (this.stopping.signal.aborted) return;
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.bound();
      this.submit();
    }, 1_000 * seconds);
    this.bound();
    if (seconds > KEPT_SECONDS) await this.giveBack(seconds);
    else await this.parts.subscription.keep(this.held.receipts);
  }

  /** Answers for how many seconds nothing is submitted. */
  private tellRefusal(error: unknown): number {
    const { subscription, troubles } = this.parts;
    const problem = error instanceof Problem ? error : undefined;
    const seconds = refusalDelay(problem?.status, problem?.extra.headers?.['Retry-After']);
    const facts = { event: 'subscription.put_off', subscription: subscription.name, seconds };
    if (problem) this.logger.warn({ ...facts, problem: problem.type }, 'events of a subscription are refused for now');
    else this.logger.error({ ...facts, err: error }, 'events of a subscription cannot be stored');
    if (seconds > KEPT_SECONDS || !problem) {
      troubles.note(intakeOf(subscription), `events of ${subscription.name} are refused: ${problem?.detail ?? 'they cannot be stored'}`);
    }
    return seconds;
  }

  private async giveBack(seconds: number): Promise<void> {
    const receipts = this.held.release();
    if (receipts.length === 0) return;
    this.parts.count('put_back', receipts.length);
    // What is not heard comes again too, when the time to acknowledge it is over.
    await this.parts.subscription.putBack(receipts, seconds).catch((error: unknown) => this.trouble(error));
  }

  private bound(): void {
    if (this.held.isFull || this.waiting !== undefined) this.parts.subscription.pause();
    else this.parts.subscription.resume();
  }

  private trouble(error: unknown): void {
    const { subscription, troubles } = this.parts;
    const text = error instanceof Error ? error.message : String(error);
    troubles.note(subscription.name, text.slice(0, 500));
    this.logger.warn({ err: error, event: 'subscription.trouble', subscription: subscription.name }, 'a subscription cannot be used');
  }
}

function intakeOf({ name }: EventSubscription): string {
  return `intake of ${name}`;
}
