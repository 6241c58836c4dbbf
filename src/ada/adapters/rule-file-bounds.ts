const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 50_000;

/** Whatever is given the files that rules are in. */
export interface RuleFileTaker {
  /** @throws Error beyond the bound of all files together. */
  count(bytes: number): void;

  /** Reports a file that is not read. */
  refuse(path: string, reason: string): void;

  /**
   * Takes a file.
   * @param counted whether its bytes were counted before.
   * @throws Error beyond the bound of the number of files.
   */
  read(path: string, content: Buffer, counted?: boolean): void;
}

/** Counts the files that rules are in. */
export class RuleFileBounds {
  private files = 0;
  private bytes = 0;

  /** @throws Error beyond 256 MiB in all. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_TOTAL_BYTES) throw new Error(`rules are larger than ${MAX_TOTAL_BYTES} bytes in all`);
  }

  /** @throws Error beyond 50,000 files, or 256 MiB in all. */
  countFile(content: Buffer, counted: boolean): void {
    if (++this.files > MAX_FILES) throw new Error(`more than ${MAX_FILES} rule files`);
    if (!counted) this.count(content.length);
  }
}
