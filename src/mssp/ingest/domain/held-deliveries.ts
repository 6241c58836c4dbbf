import { eventsOf, type DeliveredEvent } from './delivered-events.js';
import type { Delivery } from './event-subscription.js';

/** How much of a subscription may be in hand. */
export interface HeldLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** Bounds of one submission. */
export interface CutLimits {
  readonly events: number;
  readonly bytes: number;
}

interface Held {
  /** The newest delivery of the message. */
  delivery: Delivery;
  /** Events that are not stored yet. */
  missing: number;
}

/** Events of one message that go together. */
interface Piece {
  readonly held: Held;
  readonly events: readonly DeliveredEvent[];
}

/** Events that are submitted together. */
export interface DeliveredBatch {
  readonly pieces: readonly Piece[];
  readonly events: readonly DeliveredEvent[];
  readonly bytes: number;
}

/**
 * Messages in hand, from their delivery to their acknowledgement. They are cut into submissions as these have room: a message may be spread over
 * several, and counts as stored with the last of them. One that is delivered again while it is in hand is not taken twice.
 */
export class HeldDeliveries {
  private readonly held = new Map<string, Held>();
  private waiting: Piece[] = [];
  private bytes = 0;

  constructor(private readonly limits: HeldLimits) {}

  /** Whether there is as much in hand as may be. */
  get isFull(): boolean {
    return this.held.size >= this.limits.messages || this.bytes >= this.limits.bytes;
  }

  /** Whether there is something to be handed out. */
  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Receipts of all that is in hand. */
  get receipts(): readonly string[] {
    return [...this.held.values()].map(({ delivery }) => delivery.receipt);
  }

  /** Takes messages in hand. */
  add(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const known = this.held.get(delivery.id);
      if (known) known.delivery = delivery;
      else this.hold(delivery);
    }
  }

  /** Hands out the oldest events: as many as one submission takes, at least one; `undefined` where none waits. */
  cut(limits: CutLimits): DeliveredBatch | undefined {
    const pieces: Piece[] = [];
    const room = { events: limits.events, bytes: limits.bytes };
    let taken = 0;
    for (const { held, events } of this.waiting) {
      const fitting = countFitting(events, room, pieces.length === 0);
      if (fitting > 0) pieces.push({ held, events: events.slice(0, fitting) });
      if (fitting < events.length) {
        this.waiting[taken] = { held, events: events.slice(fitting) };
        break;
      }
      taken += 1;
    }
    this.waiting.splice(0, taken);
    const events = pieces.flatMap((piece) => piece.events);
    return events.length === 0 ? undefined : { pieces, events, bytes: limits.bytes - room.bytes };
  }

  /** The events of a batch are stored; answers the receipts of the messages of which all events now are. */
  stored({ pieces }: DeliveredBatch): readonly string[] {
    const whole: string[] = [];
    for (const { held, events } of pieces) {
      held.missing -= events.length;
      if (held.missing === 0 && this.forget(held)) whole.push(held.delivery.receipt);
    }
    return whole;
  }

  /** A batch was not stored, and waits again before all others. */
  putBack({ pieces }: DeliveredBatch): void {
    this.waiting.unshift(...pieces.filter(({ held }) => this.held.get(held.delivery.id) === held));
  }

  /** Lets go of all that waits; answers the receipts. What is being stored stays in hand, as far as nothing else of its message waits. */
  release(): readonly string[] {
    const released = new Set(this.waiting.map(({ held }) => held));
    this.waiting = [];
    return [...released].flatMap((held) => (this.forget(held) ? [held.delivery.receipt] : []));
  }

  private hold(delivery: Delivery): void {
    const events = eventsOf(delivery);
    const held = { delivery, missing: events.length };
    this.held.set(delivery.id, held);
    this.waiting.push({ held, events });
    this.bytes += delivery.data.length;
  }

  private forget(held: Held): boolean {
    const { id, data } = held.delivery;
    if (this.held.get(id) !== held) return false;
    this.bytes -= data.length;
    return this.held.delete(id);
  }
}

/** How many of the events fit into what room there is, which they take; one always fits into a submission of its own. */
function countFitting(events: readonly DeliveredEvent[], room: { events: number; bytes: number }, isFirst: boolean): number {
  let count = 0;
  for (const { line } of events) {
    const fits = room.events > 0 && line.length < room.bytes;
    if (!fits && !(isFirst && count === 0)) return count;
    room.events -= 1;
    room.bytes -= line.length + 1;
    count += 1;
  }
  return count;
}
