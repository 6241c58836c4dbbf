import { Dependency, type Transition } from './dependency.js';
import type { DependencyKind, ResilienceSettings } from './policy-settings.js';
import { judgeHttp, type Judge } from './verdict.js';

/** What policies tell time and throw dice by. */
export interface PolicySources {
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** Spreads retries; nothing that must not be guessed. */
const JITTER = Math.random;

type Listener = (transition: Transition) => void;

/** Everything outside that is called, by name. A call that leaves is made under a policy that is found here, and nowhere else are policies made. */
export class OutboundPolicies {
  private readonly dependencies = new Map<string, Dependency>();
  private readonly listeners: Listener[] = [];
  private deadline: () => AbortSignal | undefined = () => undefined;

  constructor(
    private readonly settings: ResilienceSettings,
    private readonly sources: PolicySources = {},
  ) {}

  /**
   * The dependency of this name, made when it is first asked for.
   * @param name as metrics, records and the admin routes have it: the kind, and which one where there are several (`oidc https://idp.example`).
   * @param judge what its errors tell; as those of HTTP unless told otherwise.
   */
  dependency(kind: DependencyKind, name: string = kind, judge: Judge = judgeHttp): Dependency {
    const known = this.dependencies.get(name);
    if (known) return known;
    const dependency = new Dependency({
      name,
      judge,
      settings: this.settings[kind],
      now: this.sources.now ?? (() => performance.now()),
      random: this.sources.random ?? JITTER,
      deadline: () => this.deadline(),
      onTransition: (transition) => this.listeners.forEach((listener) => listener(transition)),
    });
    this.dependencies.set(name, dependency);
    return dependency;
  }

  find(name: string): Dependency | undefined {
    return this.dependencies.get(name);
  }

  /** All dependencies, by name. */
  list(): readonly Dependency[] {
    return [...this.dependencies.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Calls the listener whenever a circuit changes. */
  onTransition(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Has every call end when the work that it is made for must. */
  obey(deadline: () => AbortSignal | undefined): void {
    this.deadline = deadline;
  }
}
