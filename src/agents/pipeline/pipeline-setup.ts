/** What a pipeline thread is started with. */
export interface PipelineSetup {
  readonly dataDir: string;
  /** Rule files, directories and archives. */
  readonly rules: readonly string[];
  /** Directory with the filters of single tenants; null where they have none. */
  readonly filters: string | null;
  /** File with what placeholders of rules stand for. */
  readonly placeholders?: string | null;
  readonly maxEvents: number;
}

/** What the threads are started with that store events. */
export interface StoringSetup extends PipelineSetup {
  /** Where PostgreSQL is, with events in it, as a role that row-level security binds; null where they are in the data directory. A secret. */
  readonly eventsUrl: string | null;
  /** Bound of what a thread's detection remembers of field values, in bytes. */
  readonly cacheBytes: number;
}

/** What one thread is started with. */
export interface ThreadSetup extends StoringSetup {
  /** Where it marks the number of the tenant whose events its detectors are at. */
  readonly mark: SharedArrayBuffer;
}
