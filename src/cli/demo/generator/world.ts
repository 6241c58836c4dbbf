import type { EventFormat } from '../../../contracts/security-event.js';
import type { Company, Machine } from './company.js';
import { BENIGN, type Draft, type EventLabel } from './generated-event.js';
import type { Random } from './random.js';
import { WindowsHost } from './windows-host.js';
import type { LogonSession } from './windows-process.js';

const DAY = 24 * 60 * 60_000;

/** What activities act on: the company, its hosts' state, the random numbers, and the list that events are put on. */
export class World {
  private drafts: Draft[] = [];
  private readonly hosts = new Map<string, WindowsHost>();
  private readonly sessions = new Map<string, LogonSession>();
  private label: EventLabel = BENIGN;
  private benign = 0;

  constructor(
    readonly random: Random,
    readonly company: Company,
    /** Midnight UTC of the day, milliseconds since the epoch. */
    readonly midnight: number,
  ) {}

  /** Events of the background put on the list so far. */
  get backgroundCount(): number {
    return this.benign;
  }

  /** Puts an event on the list, under the label in force; what lies outside the day is nobody's. */
  emit(time: number, source: EventFormat, event: Record<string, unknown>): void {
    if (time < this.midnight || time >= this.midnight + DAY) return;
    if (!this.label.attack) this.benign += 1;
    this.drafts.push({ time, source, event, label: this.label });
  }

  /** Runs something whose events belong to the intrusion. */
  asIntruder(step: string, act: () => void): void {
    this.label = { attack: true, step };
    try {
      act();
    } finally {
      this.label = BENIGN;
    }
  }

  /** The state of a Windows machine. */
  windows(machine: Machine): WindowsHost {
    let host = this.hosts.get(machine.name);
    if (host === undefined) this.hosts.set(machine.name, (host = new WindowsHost(machine, this)));
    return host;
  }

  /** The session of a user, made when it is first asked for: the same one all day. */
  session(user: string, integrity: LogonSession['integrity']): LogonSession {
    let session = this.sessions.get(user);
    if (session === undefined) this.sessions.set(user, (session = { user, logonId: this.newLogonId(), integrity }));
    return session;
  }

  /** A fresh logon id. */
  newLogonId(): string {
    return `0x${this.random.int(0x40_000, 0xff_ffff).toString(16)}`;
  }

  /** Takes the events before `until` off the list, in order of time. */
  takeUntil(until: number): Draft[] {
    const due = this.drafts.filter(({ time }) => time < until).sort((one, other) => one.time - other.time);
    this.drafts = this.drafts.filter(({ time }) => time >= until);
    return due;
  }
}
