import type { TenantId } from '../contracts/tenant.js';
import { shortTurns } from '../platform/clock/short-turns.js';
import { Problem, notFound } from '../platform/problems/problem.js';
import type { WorkRunner } from '../platform/work-queue/work-runner.js';
import type { AllowLists } from './domain/allow-lists.js';
import type { Indicator, IndicatorDocument, UnsupportedIndicator } from './domain/indicator.js';
import { type IndicatorChange, type IndicatorFilter, IndicatorStore } from './domain/indicator-store.js';
import { readingStixObjects } from './domain/stix-bundle.js';
import type { MatcherCompiler } from './domain/stix/compile-test.js';
import type { IndicatorMatchers } from './indicator-matchers.js';

/** The source of indicators that people and programs send. */
export const API_SOURCE = 'api';

/** What became of a bundle. */
export interface ImportResult {
  readonly accepted: number;
  readonly updated: number;
  readonly unsupported: readonly UnsupportedIndicator[];
}

/** An indicator as users see it. */
export interface ShownIndicator extends Indicator {
  /** Some of its values are on an allow-list, and so are not matched. */
  readonly allow_listed: boolean;
}

/** What indicators are kept and read with. */
export interface IndicatorParts {
  readonly store: IndicatorStore;
  readonly matchers: Pick<IndicatorMatchers, 'changed'>;
  /** What regular expressions of patterns are compiled with. */
  readonly compile: MatcherCompiler;
  readonly allowLists: AllowLists;
  /** Does what new indicators cause. */
  readonly runner: Pick<WorkRunner, 'wake'>;
}

/** Reading and changing a tenant's own indicators. */
export class IndicatorsService {
  constructor(private readonly parts: IndicatorParts) {}

  /** Ordered by id; one more than `limit` where there are more. */
  async list(tenant: TenantId, filter: IndicatorFilter, after: string, limit: number): Promise<ShownIndicator[]> {
    return (await this.parts.store.list(tenant, filter, after, limit + 1)).map((indicator) => this.shown(tenant, indicator));
  }

  /** @throws Problem 404. */
  async find(tenant: TenantId, indicatorId: string): Promise<ShownIndicator> {
    const indicator = await this.parts.store.find(tenant, indicatorId);
    if (indicator === undefined) throw notFound();
    return this.shown(tenant, indicator);
  }

  /** Takes the indicators of a STIX bundle; those with an id sent before replace what that id meant, where they are not older. */
  async import(tenant: TenantId, objects: readonly unknown[], change: IndicatorChange): Promise<ImportResult> {
    const { store, matchers, compile, runner } = this.parts;
    const { reports, unsupported } = await readInTurns(objects, compile);
    const { added, updated, outdated = [] } = await store.put(tenant, API_SOURCE, reports, change);
    matchers.changed(tenant);
    runner.wake(tenant);
    const older = outdated.map((id) => ({ id, reason: 'a newer version of it is stored' }));
    return { accepted: added, updated, unsupported: [...unsupported, ...older] };
  }

  /** @throws Problem 404; 409 for an indicator of a feed, which would come back. */
  async remove(tenant: TenantId, indicatorId: string, change: IndicatorChange): Promise<void> {
    const { source } = await this.find(tenant, indicatorId);
    if (source !== API_SOURCE)
      throw new Problem('conflict', 'This indicator comes from a feed; it is removed when the feed no longer has it.');
    if (!(await this.parts.store.remove(tenant, indicatorId, change))) throw notFound();
    this.parts.matchers.changed(tenant);
  }

  private shown(tenant: TenantId, indicator: Indicator): ShownIndicator {
    const lists = this.parts.allowLists.of(tenant);
    return { ...indicator, allow_listed: indicator.values.some((value) => lists.some((list) => list.covers(value))) };
  }
}

/** A bundle may hold thousands of patterns to compile: others have their turns meanwhile. */
async function readInTurns(objects: readonly unknown[], compile: MatcherCompiler): Promise<IndicatorDocument> {
  const reading = readingStixObjects(objects, compile);
  const breathe = shortTurns();
  let step = reading.next();
  while (step.done !== true) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    step = reading.next();
  }
  return step.value;
}
