import type { EventFormat } from '../../../contracts/security-event.js';
import type { Machine } from './company.js';
import type { Random } from './random.js';
import { processCreated } from './sysmon-events.js';
import { type LogonSession, type ProcessStart, SYSTEM, type WindowsProcess } from './windows-process.js';
import { SYSTEM32 } from './windows-programs.js';

/** What a host needs of the world around it. */
export interface Surroundings {
  readonly random: Random;
  /** Midnight UTC of the day, milliseconds since the epoch. */
  readonly midnight: number;
  emit(time: number, source: EventFormat, event: Record<string, unknown>): void;
}

const MAX_PID = 16_000;

/** The running processes and sessions of one Windows machine, as far as events speak of them. */
export class WindowsHost {
  private readonly resident = new Map<string, WindowsProcess>();
  private started = 0;
  private pid: number;

  constructor(
    readonly machine: Machine,
    private readonly world: Surroundings,
  ) {
    this.pid = world.random.int(300, 2_000) * 4;
  }

  /** A process that has been running since the start of the machine, or of the user's session. */
  running(image: string, session: LogonSession = SYSTEM): WindowsProcess {
    const key = residentKey(image, session);
    let process = this.resident.get(key);
    if (process === undefined) this.resident.set(key, (process = this.make(image, image, session, this.world.midnight)));
    return process;
  }

  /** The desktop of a user who is logged on. */
  desktop(session: LogonSession): WindowsProcess {
    return this.running('C:\\Windows\\explorer.exe', session);
  }

  services(): WindowsProcess {
    return this.running(`${SYSTEM32}services.exe`);
  }

  serviceHost(): WindowsProcess {
    return this.running(`${SYSTEM32}svchost.exe`);
  }

  /** Starts a process and says so as Sysmon does. */
  start(time: number, start: ProcessStart): WindowsProcess {
    const session = start.session ?? start.parent.session;
    const process = this.make(start.image, start.commandLine, session, time);
    if (start.stays === true) this.resident.set(residentKey(start.image, session), process);
    this.world.emit(time, 'sysmon', processCreated(this.machine, time, process, start));
    return process;
  }

  private make(image: string, commandLine: string, session: LogonSession, time: number): WindowsProcess {
    this.started += 1;
    this.pid += 4 * this.world.random.int(1, 40);
    if (this.pid > MAX_PID) this.pid = 4 * this.world.random.int(100, 400);
    const seconds = Math.floor(time / 1000)
      .toString(16)
      .padStart(8, '0');
    const guid = `{${this.machine.machineId}-${seconds.slice(4)}-${seconds.slice(0, 4)}-${(this.started & 0xffff).toString(16).padStart(4, '0')}-000000000700}`;
    return { guid, pid: this.pid, image, commandLine, session };
  }
}

function residentKey(image: string, session: LogonSession): string {
  return `${image}|${session.user}`;
}
