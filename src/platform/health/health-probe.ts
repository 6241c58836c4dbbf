/** One thing that health looks at. */
export abstract class HealthProbe {
  abstract readonly name: string;

  /** Whether requests are to be sent elsewhere while it is down; what is not critical has a fallback, and makes the process degraded. */
  abstract readonly isCritical: boolean;

  /** Resolves where it works. @throws where it does not; the text is logged, not answered. */
  abstract check(signal: AbortSignal): Promise<void>;
}
