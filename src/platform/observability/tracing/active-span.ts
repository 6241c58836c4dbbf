import { AsyncLocalStorage } from 'node:async_hooks';

/** Attributes of a span: bounded words, numbers and ids; never payloads, secrets or what names a person. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A place in a trace, as W3C Trace Context writes it (https://www.w3.org/TR/trace-context/). */
export interface TraceParent {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** A piece of work that is over. Times as `spanTime` has them. */
export interface PastSpan {
  readonly name: string;
  readonly began: number;
  readonly ended: number;
  readonly attributes?: SpanAttributes;
}

/** The span that the work under way belongs to. */
export interface ActiveSpan extends TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  /** Whether it is kept: what only serves to describe it can be left out where it is not. */
  readonly isRecorded: boolean;
  set(attributes: SpanAttributes): void;
  /** Adds a child that is over, as it was timed elsewhere. */
  add(past: PastSpan): void;
  /** Says that this span has to do with another trace. */
  linkTo(other: TraceParent): void;
}

const active = new AsyncLocalStorage<ActiveSpan | undefined>();

/** The span of the work under way; `undefined` outside of every trace. */
export function currentSpan(): ActiveSpan | undefined {
  return active.getStore();
}

/** Does something as part of a span. */
export function runInSpan<T>(span: ActiveSpan, work: () => T): T {
  return active.run(span, work);
}

/** Begins something that serves others too, and so is no part of the work under way. */
export function runOutsideSpans<T>(work: () => T): T {
  return active.run(undefined, work);
}
