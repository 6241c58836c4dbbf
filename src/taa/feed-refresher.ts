import { createHash, randomUUID } from 'node:crypto';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { TenantId } from '../contracts/tenant.js';
import type { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import type { WorkRunner } from '../platform/work-queue/work-runner.js';
import { type FeedSharing, forEveryone, isRecipient } from './domain/feed-sharing.js';
import type { IndicatorReport } from './domain/indicator.js';
import type { IndicatorStore } from './domain/indicator-store.js';
import type { MatcherCompiler } from './domain/stix/compile-test.js';
import type { ThreatIntelFeed } from './domain/threat-intel-feed.js';
import type { FeedRegister } from './feed-register.js';
import type { IndicatorMatchers } from './indicator-matchers.js';
import { API_SOURCE } from './indicators.service.js';

export interface FeedRefresherOptions {
  readonly feeds: readonly ThreatIntelFeed[];
  /** Who is given what a feed brings, by its name. */
  readonly sharing?: ReadonlyMap<string, FeedSharing>;
  readonly refreshSeconds: number;
  readonly tenants: TenantDirectory;
  readonly store: IndicatorStore;
  readonly matchers: IndicatorMatchers;
  /** Does what new indicators cause. */
  readonly runner: Pick<WorkRunner, 'wake'>;
  /** What regular expressions of patterns are compiled with. */
  readonly compile: MatcherCompiler;
  /** Is told how each feed does. */
  readonly register: FeedRegister;
}

interface Content {
  readonly version: string | null;
  readonly digest: string;
  readonly reports: readonly IndicatorReport[];
  /** Those that every tenant is given. */
  readonly shared: readonly IndicatorReport[];
}

const JITTER = 0.1;
/** Longest that one reading of one feed may take, all its pages together. */
const LONGEST_READING_MS = 15 * 60_000;

/**
 * Brings the feeds' indicators to every tenant, at start without keeping anything waiting, then again and again, up to a tenth earlier or later so that
 * many installations do not ask at once. What is marked more closely than goes to every tenant is brought to a feed's recipients alone. A feed that cannot be read or understood keeps what it brought last; what it no longer has is removed.
 */
export class FeedRefresher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FeedRefresher.name);
  private readonly contents = new Map<ThreatIntelFeed, Content>();
  /** Digest of what each tenant has of each feed. */
  private readonly applied = new Map<ThreatIntelFeed, Map<TenantId, string>>();
  private readonly stopping = new AbortController();
  private failed = 0;
  private hasDropped = false;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: FeedRefresherOptions) {}

  /** Failed readings since the start, and tenants to whom what was read could not be brought. */
  get failures(): number {
    return this.failed;
  }

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  /** Reads every feed once and brings what is new to the tenants. Never throws; failures are logged and counted. */
  async refresh(): Promise<void> {
    await this.attempt('configuration', () => this.dropUnconfigured());
    for (const feed of this.options.feeds) {
      await this.attempt(feed.name, () => this.read(feed));
      await this.attempt(feed.name, () => this.apply(feed));
    }
  }

  /** A tenant of this name has none of it any more. */
  forget(tenant: TenantId): void {
    for (const applied of this.applied.values()) applied.delete(tenant);
  }

  private async attempt(feed: string, act: () => Promise<void>): Promise<void> {
    if (this.stopping.signal.aborted) return;
    try {
      await act();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.failed++;
      this.options.register.failed(feed, error);
      this.logger.warn({ err: error, event: 'intel.feed_failed', feed }, 'a threat intelligence feed could not be refreshed');
    }
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.refresh().then(() => {
        if (!this.stopping.signal.aborted) this.schedule(this.options.refreshSeconds * 1_000 * (1 - JITTER + Math.random() * 2 * JITTER));
      });
    }, delayMs);
    this.timer.unref();
  }

  private async read(feed: ThreatIntelFeed): Promise<void> {
    const before = this.contents.get(feed);
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(LONGEST_READING_MS)]);
    const read = await feed.read(before?.version ?? null, signal);
    if (read === undefined) return this.options.register.read(feed.name);
    const digest = createHash('sha256').update(read.text).digest('hex');
    if (before?.digest === digest) {
      this.contents.set(feed, { ...before, version: read.version });
      return this.options.register.read(feed.name);
    }
    const content = feed.reader(read.text, this.options.compile);
    const { reports, unsupported } = content;
    const shared = forEveryone(this.sharingOf(feed), reports);
    const withheld = reports.length - shared.length;
    this.contents.set(feed, { version: read.version, digest, reports, shared });
    this.options.register.read(feed.name, { indicators: reports.length, withheld, unsupported: unsupported.length });
    const counts = { indicators: reports.length, withheld, unsupported: unsupported.length, examples: unsupported.slice(0, 5) };
    this.logger.log({ event: 'intel.feed_read', feed: feed.name, ...counts }, 'a threat intelligence feed has new content');
  }

  private async apply(feed: ThreatIntelFeed): Promise<void> {
    const content = this.contents.get(feed);
    if (content === undefined) return;
    const applied = this.applied.get(feed) ?? new Map<TenantId, string>();
    this.applied.set(feed, applied);
    const sharing = this.sharingOf(feed);
    const missed = await this.forTenants(feed.name, async (tenant) => {
      if (applied.get(tenant) === content.digest) return;
      await this.replace(tenant, feed.name, isRecipient(sharing, tenant) ? content.reports : content.shared);
      applied.set(tenant, content.digest);
    });
    if (missed > 0) this.options.register.undelivered(feed.name, missed);
  }

  /** Does something for one tenant after another. What fails for one is logged, and keeps it from none of the others. @returns for how many it failed. */
  private async forTenants(feed: string, act: (tenant: TenantId) => Promise<void>): Promise<number> {
    let missed = 0;
    for (const { tenant_id: tenant, status } of await this.options.tenants.list()) {
      if (this.stopping.signal.aborted) break;
      if (status === 'deleting') continue;
      try {
        await act(tenant);
      } catch (error) {
        missed++;
        this.failed++;
        const said = { err: error, event: 'intel.feed_failed', feed, tenant_id: tenant };
        this.logger.warn(said, 'a threat intelligence feed could not be brought to a tenant');
      }
    }
    return missed;
  }

  private sharingOf({ name }: ThreatIntelFeed): FeedSharing {
    return this.options.sharing?.get(name) ?? {};
  }

  /** Once, for all tenants: removes what feeds brought that are no longer configured. */
  private async dropUnconfigured(): Promise<void> {
    if (this.hasDropped) return;
    const kept = new Set([API_SOURCE, ...this.options.feeds.map(({ name }) => name)]);
    const missed = await this.forTenants('configuration', async (tenant) => {
      for (const source of await this.options.store.sources(tenant)) {
        if (!kept.has(source)) await this.replace(tenant, source, []);
      }
    });
    this.hasDropped = missed === 0;
  }

  private async replace(tenant: TenantId, source: string, reports: readonly IndicatorReport[]): Promise<void> {
    const change = { actor: { type: 'system', id: 'intel-refresh' }, correlation_id: `intel-${randomUUID()}` } as const;
    const { added, updated, removed } = await this.options.store.replace(tenant, source, reports, change);
    if (added + updated + removed === 0) return;
    this.options.matchers.changed(tenant);
    this.options.runner.wake(tenant);
  }
}
