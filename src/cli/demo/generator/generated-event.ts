import type { EventFormat } from '../../../contracts/security-event.js';

/** The truth about a generated event. */
export interface EventLabel {
  readonly attack: boolean;
  /** Identifier of the intrusion's step, where the event belongs to one. */
  readonly step?: string;
}

/** One event as its source would send it, with the truth beside it. */
export interface GeneratedEvent {
  readonly source: EventFormat;
  readonly event: Record<string, unknown>;
  readonly label: EventLabel;
}

/** One step of the intrusion that a day holds. */
export interface IntrusionStep {
  readonly step: string;
  /** ATT&CK technique id. */
  readonly technique: string;
  /** ATT&CK tactic short name. */
  readonly tactic: string;
  readonly description: string;
  /** RFC 3339 UTC, the time of its first event. */
  readonly at: string;
  readonly host: string;
  readonly user: string;
}

export const BENIGN: EventLabel = { attack: false };

/** An event that waits for its turn. */
export interface Draft {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly source: EventFormat;
  readonly event: Record<string, unknown>;
  readonly label: EventLabel;
}
