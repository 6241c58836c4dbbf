import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before jemalloc, which asks for the time while libfaketime is being loaded. */
const ALLOCATOR = 'libc.so.6';
const LIBRARY = '/usr/lib/*/faketime/libfaketimeMT.so.1';

/** The wall clock of other processes, set by libfaketime; their monotonic clocks stay as they are. */
export class FakeTime {
  private readonly directory = mkdtempSync(join(tmpdir(), 'gatra-time-'));
  private readonly file = join(this.directory, 'time');

  constructor(offsetSeconds = 0) {
    this.set(offsetSeconds);
  }

  /** Variables of the processes that live by it. @throws Error where libfaketime is missing */
  get environment(): Readonly<Record<string, string>> {
    const [library] = globSync(LIBRARY);
    if (library === undefined) throw new Error('libfaketime is not installed');
    return {
      LD_PRELOAD: `${library}:${ALLOCATOR}`,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Holds from the next time that a clock is read. */
  set(offsetSeconds: number): void {
    writeFileSync(this.file, `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}`);
  }

  end(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
