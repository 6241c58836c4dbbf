import type { TenantId } from '../contracts/tenant.js';
import { compileInTurns } from './compile-in-turns.js';
import type { AllowLists } from './domain/allow-lists.js';
import type { IndicatorImage } from './domain/indicator-image.js';
import type { IndicatorStore } from './domain/indicator-store.js';
import type { Indicator } from './domain/indicator.js';
import type { SoughtIndicators } from './domain/retro/past-matcher.js';
import type { RetroMatch } from './domain/retro/retro-match.js';

/** Indicators that are read at once. */
const PAGE = 2_000;
/** Compiled sets that are kept, those asked for last: jobs of several tenants take turns. */
const MOST_KEPT = 4;

/** What a job compares with, and how many indicators that are. */
export interface CountedIndicators extends SoughtIndicators {
  readonly count: number;
}

/** The indicators of jobs, compiled as those in force are, and anew whenever the tenant's indicators have changed: what was withdrawn is not compared any more. */
export class RetroIndicators {
  private readonly kept = new Map<string, CountedIndicators>();

  constructor(
    private readonly store: Pick<IndicatorStore, 'revision' | 'sought'>,
    private readonly allowLists: AllowLists,
    /** 0 to 1. */
    private readonly leastConfidence: number,
  ) {}

  async of(tenant: TenantId, { retro_id, scope }: RetroMatch): Promise<CountedIndicators> {
    const key = JSON.stringify([tenant, retro_id, scope.upTo, await this.store.revision(tenant)]);
    const known = this.kept.get(key) ?? (await this.compile(key, tenant, scope));
    this.kept.delete(key);
    this.kept.set(key, known);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return known;
  }

  /** A tenant of this name has none any more. */
  forget(tenant: TenantId): void {
    for (const key of this.kept.keys()) if (key.startsWith(`["${tenant}",`)) this.kept.delete(key);
  }

  private async compile(key: string, tenant: TenantId, scope: RetroMatch['scope']): Promise<CountedIndicators> {
    let count = 0;
    const pages = async function* (store: Pick<IndicatorStore, 'sought'>): AsyncGenerator<readonly Indicator[]> {
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: readonly Indicator[] = await store.sought(tenant, scope, after, PAGE);
        count += page.length;
        yield page;
        after = page.length < PAGE ? undefined : page.at(-1)?.indicator_id;
      }
    };
    const gates = { allowLists: this.allowLists.of(tenant), leastConfidence: this.leastConfidence };
    const image: IndicatorImage = await compileInTurns(pages(this.store), gates);
    return { key, image, count };
  }
}
