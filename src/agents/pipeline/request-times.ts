import type { EventBatchRequest } from '../../mssp/ingest/domain/event-batch-request.js';
import { StepTimes, type IngestStep } from '../../mssp/ingest/domain/step-times.js';
import type { PastSpan } from '../../platform/observability/tracing/active-span.js';
import { spanTime } from '../../platform/observability/tracing/span-time.js';

/** Times the steps of the requests whose traces are kept; the times go back with the answer, as spans are made in the main thread alone. */
export class RequestTimes extends StepTimes {
  private readonly taken = new WeakMap<EventBatchRequest, PastSpan[]>();

  /** The request's steps are timed from now on. */
  watch(request: EventBatchRequest): void {
    this.taken.set(request, []);
  }

  /** What was timed for a request. */
  of(request: EventBatchRequest): readonly PastSpan[] {
    return this.taken.get(request) ?? [];
  }

  during<T>(step: IngestStep, requests: readonly EventBatchRequest[], work: () => T): T {
    const lists = requests.map((request) => this.taken.get(request)).filter((list) => list !== undefined);
    if (lists.length === 0) return work();
    const began = spanTime();
    const note = (): void => {
      const past = { name: `pipeline ${step}`, began, ended: spanTime(), attributes: { 'gatra.pipeline.requests': requests.length } };
      for (const list of lists) list.push(past);
    };
    return afterwards(work, note);
  }
}

/** Does something, and something else once it is over. */
function afterwards<T>(work: () => T, note: () => void): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    note();
    throw error;
  }
  if (!(result instanceof Promise)) {
    note();
    return result;
  }
  return result.finally(note) as T;
}
