import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** The calls that writing a file durably takes; a test may put others in their place. */
export interface FileCalls {
  open(path: string, flags: 'w' | 'r', mode?: number): number;
  write(file: number, content: Uint8Array): void;
  sync(file: number): void;
  close(file: number): void;
  rename(from: string, to: string): void;
}

const SYSTEM: FileCalls = {
  open: (path, flags, mode) => {
    const file = openSync(path, flags, mode);
    if (mode !== undefined) fchmodSync(file, mode);
    return file;
  },
  write: (file, content) => {
    for (let at = 0; at < content.length;) at += writeSync(file, content, at);
  },
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
};

/**
 * Replaces a file, readable by its owner alone, so that whoever reads it finds the old content or the new one, after a power cut too; once this
 * returns, the new one.
 */
export function writeDurably(file: string, content: string | Uint8Array, calls: FileCalls = SYSTEM): void {
  const temporary = `${file}.${process.pid}.new`;
  const handle = calls.open(temporary, 'w', 0o600);
  try {
    calls.write(handle, Buffer.from(content));
    calls.sync(handle);
  } finally {
    calls.close(handle);
  }
  calls.rename(temporary, file);
  syncDirectory(dirname(file), calls);
}

/** Makes a directory and those above it, for its owner alone; they are still there after a power cut. */
export function makeDirectoryDurably(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) syncDirectory(dirname(made));
}

/** Makes names in a directory durable. */
export function syncDirectory(directory: string, calls: FileCalls = SYSTEM): void {
  const handle = calls.open(directory, 'r');
  try {
    calls.sync(handle);
  } finally {
    calls.close(handle);
  }
}
