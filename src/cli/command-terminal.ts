import type { Readable, Writable } from 'node:stream';

/** What a command reads and writes, and how it tells its outcome. */
export interface CommandTerminal {
  readonly stdin?: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  setExitCode(code: number): void;
}

/** The terminal of this process. */
export const PROCESS_TERMINAL: CommandTerminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  setExitCode: (code) => {
    process.exitCode = code;
  },
};

/** What went wrong, in the words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
