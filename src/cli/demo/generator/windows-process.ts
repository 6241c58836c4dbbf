/** Who a process runs as. */
export interface LogonSession {
  /** `ACME\j.moreau`. */
  readonly user: string;
  readonly logonId: string;
  readonly integrity: 'Low' | 'Medium' | 'High' | 'System';
}

export interface WindowsProcess {
  readonly guid: string;
  readonly pid: number;
  readonly image: string;
  readonly commandLine: string;
  readonly session: LogonSession;
}

export interface ProcessStart {
  readonly image: string;
  readonly commandLine: string;
  readonly parent: WindowsProcess;
  readonly session?: LogonSession;
  readonly directory?: string;
  /** Name that the program was compiled with, where it is not the file's. */
  readonly originalName?: string;
  /** It goes on running, and `running` finds it. */
  readonly stays?: boolean;
}

export const SYSTEM: LogonSession = { user: 'NT AUTHORITY\\SYSTEM', logonId: '0x3e7', integrity: 'System' };
