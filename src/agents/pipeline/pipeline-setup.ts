import type { RuleSet, RuleSetInForce } from './rule-set.js';

/** What events are inspected with, in whatever thread. */
interface InspectingSetup {
  readonly maxEvents: number;
}

/** What a thread apart is made of; each is started with the rules in force. */
export interface PipelineSetup extends InspectingSetup {
  readonly rules: RuleSetInForce;
}

interface StoringParts extends InspectingSetup {
  readonly dataDir: string;
  /** Where PostgreSQL is, with events in it, as a role that row-level security binds; null where they are in the data directory. A secret. */
  readonly eventsUrl: string | null;
  /** Bound of what a thread's detection remembers of field values, in bytes. */
  readonly cacheBytes: number;
}

/** What the threads are made of that store events. */
export interface StoringSetup extends PipelineSetup, StoringParts {}

/** What a thread apart is started with. */
export interface InspectingThreadSetup extends InspectingSetup {
  readonly set: RuleSet;
  /** Where it marks what its detectors are at. */
  readonly mark: SharedArrayBuffer;
}

/** What one thread is started with that stores events. */
export interface ThreadSetup extends InspectingThreadSetup, StoringParts {}
