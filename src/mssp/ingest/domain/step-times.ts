import type { EventBatchRequest } from './event-batch-request.js';

/** What a request goes through on its way into the store. */
export type IngestStep = 'read' | 'detect' | 'append';

/** Notes how long the steps of requests take, for whoever wants to know. */
export abstract class StepTimes {
  /** Does a step of requests, and answers what it answers. */
  abstract during<T>(step: IngestStep, requests: readonly EventBatchRequest[], work: () => T): T;
}

/** Nobody wants to know. */
export class NoStepTimes extends StepTimes {
  during<T>(_step: IngestStep, _requests: readonly EventBatchRequest[], work: () => T): T {
    return work();
  }
}
