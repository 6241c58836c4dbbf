import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { TenantId } from '../../contracts/tenant.js';
import type { TokenStanding } from '../auth/token-standing.js';
import type { Stirs } from '../changes/stirs.js';
import type { DrainState } from '../lifecycle/drain-state.js';
import type { Metrics } from '../observability/metrics.js';
import { runOutsideSpans } from '../observability/tracing/active-span.js';
import { Problem } from '../problems/problem.js';
import type { TenantDirectory } from '../tenancy/tenant-directory.js';
import { ClientStream, type StreamClient, type StreamEnd } from './client-stream.js';
import type { FeedPosition } from './feed-event.js';
import type { FeedJournal } from './feed-journal.js';
import { typesFor } from './feed-types.js';
import { SseConnection } from './sse-connection.js';
import type { StreamTimes } from './stream-times.js';

const RETRY_AFTER_S = 10;

/** What streams are served with. */
export interface OpenStreamsParts {
  readonly journal: FeedJournal;
  readonly stirs: Stirs;
  readonly standing: TokenStanding;
  readonly tenants: TenantDirectory;
  readonly drain: DrainState;
  readonly metrics: Metrics;
  readonly times: StreamTimes;
  /** Most streams of one tenant, and of all together. */
  readonly most: { readonly ofTenant: number; readonly inAll: number };
}

/** The streams that are open at this instance: as many as there may be, as long as their clients may listen. */
export class OpenStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OpenStreams.name);
  private readonly open = new Map<TenantId, Set<ClientStream>>();
  private readonly under = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;
  private lookedAt = 0;

  constructor(private readonly parts: OpenStreamsParts) {
    const { stirs, drain, metrics } = parts;
    stirs.listen('feed', (tenant) => this.stir(tenant));
    drain.onBegin(() => this.endAll('drain'));
    metrics.gauge('stream_clients', 'Clients that listen to the stream', () => this.under.size);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), this.parts.times.look).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.endAll('drain');
    await Promise.all([...this.under, this.checking]);
  }

  /**
   * Serves a client until its stream ends; answers as soon as it has begun.
   * @param from as `ClientStream.run` takes it.
   * @throws Problem 429 where there are as many streams as may be.
   */
  serve(client: StreamClient, response: ServerResponse, from: FeedPosition | null | undefined): void {
    const { most, times, journal, metrics, drain } = this.parts;
    const { tenant } = client;
    const ofTenant = this.open.get(tenant) ?? new Set();
    if (ofTenant.size >= most.ofTenant || this.under.size >= most.inAll) throw tooMany();
    const connection = new SseConnection(response, times.patience);
    const sent = (events: number): void => metrics.streamEventsSent.inc({ tenant_id: tenant }, events);
    const stream = new ClientStream({ client, connection, journal, retry: times.retry, sent });
    this.open.set(tenant, ofTenant.add(stream));
    const under = runOutsideSpans(() => this.run(stream, from)).finally(() => {
      this.under.delete(under);
      ofTenant.delete(stream);
      if (ofTenant.size === 0 && this.open.get(tenant) === ofTenant) this.open.delete(tenant);
    });
    this.under.add(under);
    if (drain.isDraining) stream.end('drain');
  }

  /** Ends the streams of a tenant that is not served any more. */
  close(tenant: TenantId): void {
    for (const stream of this.open.get(tenant) ?? []) stream.end('tenant');
  }

  private async run(stream: ClientStream, from: FeedPosition | null | undefined): Promise<void> {
    let reason: StreamEnd = 'failed';
    try {
      reason = await stream.run(from);
    } catch (error) {
      this.logger.warn({ err: error, event: 'stream.failed', tenant_id: stream.client.tenant }, 'a stream could not go on');
      stream.end('failed');
    }
    this.parts.metrics.streamsEnded.inc({ reason });
  }

  private stir(tenant: TenantId | undefined): void {
    const streams = tenant === undefined ? this.all() : (this.open.get(tenant) ?? []);
    for (const stream of streams) stream.stir();
  }

  private endAll(reason: StreamEnd): void {
    for (const stream of this.all()) stream.end(reason);
  }

  private all(): readonly ClientStream[] {
    return [...this.open.values()].flatMap((streams) => [...streams]);
  }

  private look(): void {
    const { stirs, times } = this.parts;
    const now = performance.now();
    if (!stirs.isLive || now - this.lookedAt >= times.quietLook) {
      this.lookedAt = now;
      this.stir(undefined);
    }
    for (const stream of this.all()) stream.beat(now - times.beat);
    this.checking ??= this.check()
      .catch((error: unknown) => this.logger.warn({ err: error, event: 'stream.unchecked' }, 'streams could not be checked'))
      .finally(() => (this.checking = undefined));
  }

  /** Ends the streams of whoever may not listen any more. */
  private async check(): Promise<void> {
    for (const [tenant, streams] of this.open) {
      if ((await this.parts.tenants.find(tenant))?.status !== 'active') this.close(tenant);
      for (const stream of streams) if (!(await this.mayListen(stream.client))) stream.end('credential');
    }
  }

  private async mayListen({ tenant, principal, address, types }: StreamClient): Promise<boolean> {
    const standing = await this.parts.standing.of(principal, address);
    if (standing.fault !== undefined) return false;
    const allowed = typesFor(standing.principal, tenant);
    return [...types].every((type) => allowed.has(type));
  }
}

function tooMany(): Problem {
  const detail = 'As many streams are open as may be: end one, or try again after the time in Retry-After.';
  return new Problem('rate-limited', detail, { headers: { 'Retry-After': String(RETRY_AFTER_S) } });
}
