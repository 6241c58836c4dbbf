import type { Context } from '@opentelemetry/api';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type Span, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';

const MOST_AT_ONCE = 512;

/** How spans wait to be sent. Times are milliseconds. */
export interface SpanWaiting {
  /** Most spans that wait; more are dropped. */
  readonly most: number;
  readonly delayMs: number;
  /** How long a collector may take for what is sent at once. */
  readonly timeoutMs: number;
}

/** What becomes of spans, for whoever counts. */
export interface SpanFates {
  readonly dropped: (reason: 'queue_full' | 'not_sent', spans: number) => void;
  readonly sent: (spans: number) => void;
}

/** OpenTelemetry's batches, and every span that is lost on the way is told: those that find no room, and those that the collector did not take. */
export class BoundedSpans implements SpanProcessor {
  private readonly batches: BatchSpanProcessor;
  private waiting = 0;

  constructor(
    exporter: SpanExporter,
    private readonly bounds: SpanWaiting,
    private readonly fates: SpanFates,
  ) {
    this.batches = new BatchSpanProcessor({
      exporter: {
        export: (spans, done) => this.export(exporter, spans, done),
        shutdown: () => exporter.shutdown(),
      },
      maxQueueSize: bounds.most,
      maxExportBatchSize: Math.min(MOST_AT_ONCE, bounds.most),
      scheduledDelayMillis: bounds.delayMs,
      exportTimeoutMillis: 2 * bounds.timeoutMs,
    });
  }

  onStart(span: Span, parent: Context): void {
    this.batches.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if (this.waiting >= this.bounds.most) {
      this.fates.dropped('queue_full', 1);
      return;
    }
    this.waiting += 1;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }

  private export(exporter: SpanExporter, spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.waiting -= spans.length;
    exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.fates.sent(spans.length);
      else this.fates.dropped('not_sent', spans.length);
      done(result);
    });
  }
}
