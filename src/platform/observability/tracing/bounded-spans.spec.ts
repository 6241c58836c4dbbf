import { ROOT_CONTEXT } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { TracerProvider, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { BoundedSpans } from './bounded-spans.js';

/** Takes what it is told to. */
class FakeExporter implements SpanExporter {
  takes = true;
  readonly taken: ReadableSpan[] = [];

  export(spans: ReadableSpan[], done: (result: { code: ExportResultCode }) => void): void {
    if (this.takes) this.taken.push(...spans);
    done({ code: this.takes ? ExportResultCode.SUCCESS : ExportResultCode.FAILED });
  }

  async shutdown(): Promise<void> {}
}

describe('spans that wait to be sent', () => {
  it('R33 every span is sent or counted as lost', async () => {
    const exporter = new FakeExporter();
    const lost = { queue_full: 0, not_sent: 0 };
    let sent = 0;
    const spans = new BoundedSpans(
      exporter,
      { most: 4, delayMs: 60_000, timeoutMs: 1_000 },
      { dropped: (reason, count) => (lost[reason] += count), sent: (count) => (sent += count) },
    );
    const tracer = new TracerProvider({ spanProcessors: [spans] }).getTracer('test');
    const make = (count: number): void => {
      for (let n = 0; n < count; n++) tracer.startSpan('one', {}, ROOT_CONTEXT).end();
    };
    make(3);
    await spans.forceFlush();
    expect([exporter.taken.length, sent, lost]).toEqual([3, 3, { queue_full: 0, not_sent: 0 }]);
    exporter.takes = false;
    make(2);
    await spans.forceFlush().catch(() => undefined);
    expect([exporter.taken.length, sent, lost]).toEqual([3, 3, { queue_full: 0, not_sent: 2 }]);
    await spans.shutdown().catch(() => undefined);
  });
});
