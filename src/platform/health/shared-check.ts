import type { HealthProbe } from './health-probe.js';

/** An answer is good for so long; however many ask, a dependency is asked no oftener. */
const FRESH_MS = 1_000;
/** What has not answered by then is down. Shorter than the patience of orchestrators. */
const TIMEOUT_MS = 800;
/** A look that nothing came of for so long is given up, and the dependency is asked anew. */
const GIVE_UP_MS = 30_000;

/** What a look at a dependency showed. */
export interface CheckResult {
  readonly healthy: boolean;
  /** Milliseconds that the look took. */
  readonly latencyMs: number;
  readonly error?: unknown;
}

/** Looks at one dependency, for all who ask at the same time and a moment later. A dependency that hangs is asked once until it answers. */
export class SharedCheck {
  private last: { readonly result: Promise<CheckResult>; readonly begun: number } | undefined;
  private unanswered: { readonly answer: Promise<void>; readonly begun: number } | undefined;

  constructor(readonly probe: HealthProbe) {}

  /** Never rejects, and resolves within the timeout. */
  look(): Promise<CheckResult> {
    const now = performance.now();
    if (!this.last || now - this.last.begun > FRESH_MS) this.last = { begun: now, result: this.ask(now) };
    return this.last.result;
  }

  private async ask(begun: number): Promise<CheckResult> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const latency = (): number => Math.round((performance.now() - begun) * 100) / 100;
    try {
      await Promise.race([this.answer(begun, signal), rejectOnAbort(signal)]);
      return { healthy: true, latencyMs: latency() };
    } catch (error) {
      return { healthy: false, latencyMs: latency(), error };
    }
  }

  private answer(now: number, signal: AbortSignal): Promise<void> {
    if (this.unanswered && now - this.unanswered.begun < GIVE_UP_MS) return this.unanswered.answer;
    const look = {
      begun: now,
      answer: this.probe.check(signal).finally(() => {
        if (this.unanswered === look) this.unanswered = undefined;
      }),
    };
    this.unanswered = look;
    return look.answer;
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true }));
}
