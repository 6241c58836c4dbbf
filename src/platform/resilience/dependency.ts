import type { BreakerKind } from './breaker-machine.js';
import { OutboundPolicy, type PolicyParts } from './outbound-policy.js';
import { noCounts, type PolicyCounts } from './policy-counts.js';
import type { PolicySettings } from './policy-settings.js';

/** Worst first. */
const KINDS = ['isolated', 'open', 'half_open', 'closed'] as const satisfies readonly BreakerKind[];

/** A circuit of a dependency has changed. */
export interface Transition {
  readonly dependency: Dependency;
  readonly part: string;
  readonly from: BreakerKind;
  readonly to: BreakerKind;
}

/** What a dependency is made of. */
export interface DependencyParts extends Pick<PolicyParts, 'judge' | 'now' | 'random' | 'deadline'> {
  readonly name: string;
  readonly settings: PolicySettings;
  readonly onTransition: (transition: Transition) => void;
}

/** Something outside that is called. It may have parts that fail one by one, such as the receivers of tenants: each has a policy of its own. */
export class Dependency {
  readonly counts: PolicyCounts = noCounts();
  private readonly policies = new Map<string, OutboundPolicy>();
  private isIsolated = false;

  constructor(private readonly parts: DependencyParts) {}

  get name(): string {
    return this.parts.name;
  }

  get settings(): PolicySettings {
    return this.parts.settings;
  }

  /** The policy of a part; of the whole where it has none. */
  policy(part = ''): OutboundPolicy {
    const known = this.policies.get(part);
    if (known) return known;
    const { name: dependency, onTransition } = this.parts;
    const policy = new OutboundPolicy({
      ...this.parts,
      dependency,
      counts: this.counts,
      onTransition: (from, to) => onTransition({ dependency: this, part, from, to }),
    });
    this.policies.set(part, policy);
    if (this.isIsolated) policy.breaker.isolate();
    return policy;
  }

  /** Forgets how a part behaved. */
  forget(part: string): void {
    this.policies.delete(part);
  }

  /** Forgets how all parts behaved that are named `{owner}/{what}`. */
  forgetOf(owner: string): void {
    const prefix = `${owner}/`;
    for (const part of this.policies.keys()) if (part.startsWith(prefix)) this.policies.delete(part);
  }

  /** The worst of its circuits. */
  get state(): BreakerKind {
    if (this.isIsolated) return 'isolated';
    const kinds = new Set([...this.policies.values()].map(({ breaker }) => breaker.kind));
    return KINDS.find((kind) => kinds.has(kind)) ?? 'closed';
  }

  /** How many circuits are in each state. */
  get circuits(): Readonly<Record<BreakerKind, number>> {
    const count = (kind: BreakerKind): number => [...this.policies.values()].filter(({ breaker }) => breaker.kind === kind).length;
    return { closed: count('closed'), open: count('open'), half_open: count('half_open'), isolated: count('isolated') };
  }

  /** The most failures in a row of a closed circuit. */
  get failures(): number {
    return this.most(({ breaker }) => breaker.failures);
  }

  /** Milliseconds until the last of its open circuits is tried again. */
  get waitMs(): number {
    return this.most(({ breaker }) => breaker.waitMs);
  }

  get executing(): number {
    return this.sum(({ executing }) => executing);
  }

  get waiting(): number {
    return this.sum(({ waiting }) => waiting);
  }

  /** Whether there is a circuit that is not closed, or a failure to forget. */
  get isTroubled(): boolean {
    return this.state !== 'closed' || this.failures > 0;
  }

  /** Closes all circuits and forgets failures. */
  reset(): void {
    this.isIsolated = false;
    for (const { breaker } of this.policies.values()) breaker.reset();
  }

  /** Holds all circuits open until they are reset, those of parts to come too. */
  isolate(): void {
    this.isIsolated = true;
    for (const { breaker } of this.policies.values()) breaker.isolate();
  }

  private most(read: (policy: OutboundPolicy) => number): number {
    return Math.max(0, ...[...this.policies.values()].map(read));
  }

  private sum(read: (policy: OutboundPolicy) => number): number {
    return [...this.policies.values()].reduce((sum, policy) => sum + read(policy), 0);
  }
}
