import { Random } from './random.js';

/** Numbers Windows events as the event log does: one sequence for each machine and channel, in the order in which they are written. */
export class RecordNumbers {
  private readonly last = new Map<string, number>();
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed + 2);
  }

  /** Gives a Windows event its number; other events stay as they are. */
  number(event: Record<string, unknown>): Record<string, unknown> {
    const { Channel: channel, Hostname: host } = event;
    if (typeof channel !== 'string' || typeof host !== 'string') return event;
    const log = `${host}|${channel}`;
    const number = (this.last.get(log) ?? this.random.int(20_000, 4_000_000)) + 1;
    this.last.set(log, number);
    return { ...event, RecordNumber: number };
  }
}
