/** What a pipeline thread is started with. */
export interface PipelineSetup {
  readonly dataDir: string;
  /** Rule files, directories and archives. */
  readonly rules: readonly string[];
  readonly maxEvents: number;
}

/** What one thread is started with. */
export interface ThreadSetup extends PipelineSetup {
  /** Where it marks the number of the tenant whose events its detectors are at. */
  readonly mark: SharedArrayBuffer;
}
