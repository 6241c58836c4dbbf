import type { Clock } from '../../platform/clock/clock.js';
import { monthToNote, readClock, trusting, type ClockReading } from './domain/clock-reading.js';
import type { ClockRecords } from './domain/clock-records.js';
import { monthOf } from './domain/month-of.js';

/** How much later it must be for a time that is believed to be noted. */
const NOTED_EVERY_MS = 600_000;

/** The wall clock as retention believes it: one that has leapt ahead makes nothing older until somebody says that it is right. */
export class RetentionClock {
  constructor(
    private readonly clock: Clock,
    private readonly records: ClockRecords,
  ) {}

  /** Looks at the clock, and notes what was seen. */
  async look(): Promise<ClockReading> {
    const record = await this.records.read();
    const reading = readClock(record, this.clock.now());
    const note = monthToNote(record, reading);
    if (note) await this.records.noteWritten(...note);
    if (reading.offset === 0 && reading.now - (record.believed ?? 0) >= NOTED_EVERY_MS) await this.records.believe(reading.now);
    return reading;
  }

  /** Believes a clock that is ahead, where nothing is removed by it. The month in which it leapt counts as one of the present. */
  async accept({ now, believed, offset }: ClockReading): Promise<void> {
    if (offset <= 0) return;
    await this.records.noteWritten(monthOf(believed), monthOf(now));
    await this.records.believe(now);
  }

  /** What a look would show if somebody had said that the clock is right. */
  async wouldBe(): Promise<ClockReading> {
    const now = this.clock.now();
    return readClock(trusting(await this.records.read(), now), now);
  }

  /** Believes the clock as it is, as `actor` says that it is right. */
  async trust(actor: string): Promise<ClockReading> {
    const record = await this.records.read();
    const now = this.clock.now();
    const trusted = { ...trusting(record, now), believed: now };
    await this.records.replace(trusted, {
      action: 'retention.clock_trusted',
      actor: { type: 'system', id: actor },
      target: { type: 'clock', id: new Date(now).toISOString() },
      outcome: 'success',
      correlation_id: 'retention',
      details: { believed_before: record.believed === null ? null : new Date(record.believed).toISOString() },
    });
    return readClock(trusted, now);
  }
}
