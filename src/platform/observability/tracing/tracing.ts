import { currentSpan, type ActiveSpan, type SpanAttributes, type TraceParent } from './active-span.js';

/** What a span is told when it begins. */
export interface SpanStart {
  /** One of few: a route, a kind of work, an operation. */
  readonly name: string;
  readonly kind?: 'internal' | 'server' | 'client' | 'consumer';
  readonly attributes?: SpanAttributes;
}

/** A span that whoever began it ends. */
export interface OpenSpan extends ActiveSpan {
  rename(name: string): void;
  /** Notes a failure by its kind alone: messages may hold what does not belong into a trace. */
  fail(kind: string): void;
  end(): void;
  /** Does something as part of it. */
  run<T>(work: () => T): T;
}

/** Stands for a span where none is kept. */
export const NO_SPAN: OpenSpan = {
  traceparent: '',
  traceId: '',
  spanId: '',
  isRecorded: false,
  set: () => undefined,
  add: () => undefined,
  linkTo: () => undefined,
  rename: () => undefined,
  fail: () => undefined,
  end: () => undefined,
  run: (work) => work(),
};

/**
 * Times what is done for a request or a piece of queued work, so that one trace shows an event's whole way. A trace begins with a request or with queued
 * work; all else is a part of one, and costs next to nothing where its trace is not kept.
 */
export abstract class Tracing {
  /** Begins a span that continues `from`, or a trace of its own. */
  abstract begin(start: SpanStart, from: TraceParent | null): OpenSpan;

  /** Does something as a part of what is under way. */
  async span<T>(start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const parent = currentSpan();
    return parent?.isRecorded ? within(this.begin(start, parent), work) : work(NO_SPAN);
  }

  /** Does something as a part of the trace that it was caused in, or of a new one. */
  async continueFrom<T>(from: TraceParent | null, start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    return within(this.begin(start, from), work);
  }
}

function within<T>(span: OpenSpan, work: (span: OpenSpan) => Promise<T>): Promise<T> {
  return span.run(async () => {
    try {
      return await work(span);
    } catch (error) {
      span.fail(kindOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** What kind of failure an error is: its code where it has one that is a word, else its name. */
function kindOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return ([code, name].find((word) => typeof word === 'string' && /^\w{1,64}$/.test(word)) as string | undefined) ?? 'unknown';
}
