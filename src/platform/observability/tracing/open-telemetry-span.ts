import {
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { parseTraceParent, TraceState } from '@opentelemetry/core';
import { runInSpan, type PastSpan, type SpanAttributes, type TraceParent } from './active-span.js';
import type { OpenSpan } from './tracing.js';

/** A span of OpenTelemetry's, under way. */
export class OpenTelemetrySpan implements OpenSpan {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly traceId: string;
  readonly spanId: string;

  /** @param ambient attributes that every span has, of the work under way. */
  constructor(
    private readonly tracer: Tracer,
    private readonly span: Span,
    private readonly ambient: () => SpanAttributes,
  ) {
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.traceparent = `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
    this.tracestate = traceState?.serialize() || undefined;
  }

  /** Not any more once it is over: what it has left behind for later is no part of it. */
  get isRecorded(): boolean {
    return this.span.isRecording();
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  add({ name, began, ended, attributes }: PastSpan): void {
    if (!this.isRecorded) return;
    const options = { startTime: began, attributes: { ...this.ambient(), ...attributes } };
    this.tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, this.span)).end(ended);
  }

  linkTo(other: TraceParent): void {
    const context = readTraceParent(other);
    if (context) this.span.addLink({ context });
  }

  fail(kind: string): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.setAttribute('error.type', kind);
  }

  end(): void {
    this.span.end();
  }

  run<T>(work: () => T): T {
    return runInSpan(this, work);
  }
}

/** The context that a span continues. */
export function contextOf(from: TraceParent | null): Context {
  const parent = from && readTraceParent(from);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** Reads a place in a trace; `undefined` where it is not well-formed. */
function readTraceParent({ traceparent, tracestate }: TraceParent): SpanContext | undefined {
  const context = parseTraceParent(traceparent);
  if (!context) return undefined;
  return { ...context, isRemote: true, ...(tracestate === undefined ? {} : { traceState: new TraceState(tracestate) }) };
}
