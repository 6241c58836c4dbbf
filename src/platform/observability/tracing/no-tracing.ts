import { runInSpan, type TraceParent } from './active-span.js';
import { NO_SPAN, Tracing, type OpenSpan, type SpanStart } from './tracing.js';

/** Records nothing; the trace of whoever is trusted with one is carried on as it came. */
export class NoTracing extends Tracing {
  begin(_start: SpanStart, from: TraceParent | null): OpenSpan {
    if (!from) return NO_SPAN;
    const span: OpenSpan = { ...NO_SPAN, ...from, run: (work) => runInSpan(span, work) };
    return span;
  }
}
