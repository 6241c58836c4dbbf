import type { TenantId } from '../contracts/tenant.js';
import { compileInTurns } from './compile-in-turns.js';
import type { Indicator } from './domain/indicator.js';
import { AllowLists } from './domain/allow-lists.js';
import { IndicatorMatcher } from './domain/indicator-matcher.js';
import type { IndicatorStore } from './domain/indicator-store.js';
import type { MatcherCompiler } from './domain/stix/compile-test.js';

const MOST_TENANTS = 1_000;
/** How long a change that another process made may go unseen. */
const LOOK_EVERY_MS = 2_000;

/** What the indicators of every tenant are compiled with. */
export interface MatchingRules {
  readonly allowLists?: AllowLists;
  /** 0 to 1. */
  readonly leastConfidence?: number;
  /** What regular expressions of patterns are compiled with. */
  readonly compile?: MatcherCompiler;
}

interface Compiled {
  readonly revision: number;
  readonly matcher: IndicatorMatcher;
  /** When the revision was seen last, on a clock that is never set. */
  readonly seenAt: number;
}

/** The compiled indicators of each tenant, made on first use and anew after a change; of at most 1,000 tenants, those asked for last. */
export class IndicatorMatchers {
  private readonly compiled = new Map<TenantId, Promise<Compiled>>();
  private readonly listeners: ((tenant: TenantId) => void)[] = [];

  constructor(
    private readonly store: Pick<IndicatorStore, 'active' | 'revision'>,
    private readonly elapsed: () => number = () => performance.now(),
    private readonly rules: MatchingRules = {},
  ) {}

  async of(tenant: TenantId): Promise<IndicatorMatcher> {
    const known = this.compiled.get(tenant);
    const compiled = known && (await this.keep(tenant, known));
    if (compiled && this.elapsed() - compiled.seenAt < LOOK_EVERY_MS) return compiled.matcher;
    const underWay = this.compiled.get(tenant);
    const look = underWay === undefined || underWay === known ? this.look(tenant, compiled) : underWay;
    return (await this.keep(tenant, look)).matcher;
  }

  /** To be called after the tenant's indicators changed. */
  changed(tenant: TenantId): void {
    this.compiled.delete(tenant);
    for (const listener of this.listeners) listener(tenant);
  }

  /** Has a listener hear of the changes that this process makes. */
  onChange(listener: (tenant: TenantId) => void): void {
    this.listeners.push(listener);
  }

  private async look(tenant: TenantId, known: Compiled | undefined): Promise<Compiled> {
    const seenAt = this.elapsed();
    const revision = await this.store.revision(tenant);
    if (known?.revision === revision) return { ...known, seenAt };
    return { revision, matcher: await this.compile(tenant, await this.store.active(tenant)), seenAt };
  }

  private async compile(tenant: TenantId, indicators: readonly Indicator[]): Promise<IndicatorMatcher> {
    const { allowLists = new AllowLists(), leastConfidence = 0, compile } = this.rules;
    const image = await compileInTurns([indicators], { allowLists: allowLists.of(tenant), leastConfidence });
    return new IndicatorMatcher(image, compile);
  }

  /** As the one that was asked for last. What fails is not kept. */
  private keep(tenant: TenantId, made: Promise<Compiled>): Promise<Compiled> {
    this.compiled.delete(tenant);
    this.compiled.set(tenant, made);
    if (this.compiled.size > MOST_TENANTS) {
      const [oldest] = this.compiled.keys();
      if (oldest !== undefined) this.compiled.delete(oldest);
    }
    made.catch(() => {
      if (this.compiled.get(tenant) === made) this.compiled.delete(tenant);
    });
    return made;
  }
}
