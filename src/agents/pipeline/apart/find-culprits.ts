import { ATTEMPTS } from '../../../mssp/ingest/domain/inspect-apart.js';
import type { PoisonEvent } from '../../../mssp/ingest/domain/poison-event.js';
import type { ThrownEvent } from './apart-protocol.js';

/** How a trial of events one by one went. */
export interface TrialOutcome {
  /** Events that detection threw at. */
  readonly thrown: readonly ThrownEvent[];
  /** Whether some event was inspected without harm. */
  readonly isSound: boolean;
  /** The event that took the thread down, and how; `undefined` where all were got through. */
  readonly stopped: ThrownEvent | undefined;
}

/** Tries the events from an index on, one by one, in a thread that may be lost over it. */
export type Trial = (from: number) => Promise<TrialOutcome>;

/** What is known of a batch so far; kept where there was no time to find out all. */
export class Findings {
  readonly poison = new Map<number, PoisonEvent>();
  readonly thrown = new Map<number, PoisonEvent>();
  isSound = false;
  from = 0;
  attempts = 0;
}

/**
 * Finds the events of a batch that take the thread of their inspection down, or that detection throws at. An event is at fault once it was at fault as often as an
 * event is tried; the trials go on behind it. Where nothing could be inspected, what threw may be the agent's fault, and is not held against the events.
 * @param isSpent whether there is no time left; asked between two trials.
 * @returns in order of index; `undefined` where the time is over, with what was found so far in `findings`.
 */
export async function findCulprits(trial: Trial, findings: Findings, isSpent: () => boolean): Promise<readonly PoisonEvent[] | undefined> {
  while (!isSpent()) {
    const { thrown, isSound, stopped } = await trial(findings.from);
    for (const { index, reason } of thrown) findings.thrown.set(index, { index, reason, attempts: ATTEMPTS });
    findings.isSound ||= isSound;
    if (!stopped) return settle(findings);
    findings.attempts = stopped.index === findings.from ? findings.attempts + 1 : 1;
    findings.from = stopped.index;
    if (findings.attempts < ATTEMPTS) continue;
    findings.poison.set(stopped.index, { ...stopped, attempts: ATTEMPTS });
    findings.from = stopped.index + 1;
    findings.attempts = 0;
  }
  return undefined;
}

function settle({ poison, thrown, isSound }: Findings): readonly PoisonEvent[] {
  const guilty = isSound ? [...poison.values(), ...thrown.values()] : [...poison.values()];
  return guilty.sort((one, other) => one.index - other.index);
}
