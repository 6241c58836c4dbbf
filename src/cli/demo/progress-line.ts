import { SingleBar } from 'cli-progress';

/** Progress on standard error: a bar on a terminal, a line every few seconds elsewhere. */
export class ProgressLine {
  private readonly bar: SingleBar | undefined;
  private lastShown = Date.now();

  /** @param total how much there is; where unknown, the bar only counts. */
  constructor(
    private readonly title: string,
    total: number | undefined,
  ) {
    if (!process.stderr.isTTY) return;
    const format = total === undefined ? '  {title} {text} {duration_formatted}' : '  {title} {bar} {percentage}% {text}';
    this.bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true, stream: process.stderr });
    this.bar.start(total ?? 1, 0, { title, text: '' });
  }

  show(done: number, text: string): void {
    if (this.bar) this.bar.update(done, { text });
    else if (Date.now() - this.lastShown > 5_000) {
      this.lastShown = Date.now();
      process.stderr.write(`  ${this.title} ${text}\n`);
    }
  }

  end(): void {
    this.bar?.stop();
  }
}
