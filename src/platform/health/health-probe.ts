/** One dependency that readiness looks at. */
export abstract class HealthProbe {
  abstract readonly name: string;

  /** Resolves where the dependency works. @throws where it does not; the text is logged, not answered. */
  abstract check(signal: AbortSignal): Promise<void>;
}
