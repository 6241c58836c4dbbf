import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import { ANYTHING, type ChangeSignal } from './change-signal.js';

/** What there may be more of: a tenant's feed, or work that is due. */
export const STIR_KINDS = ['feed', 'work'] as const;

export type StirKind = (typeof STIR_KINDS)[number];

/** Hears that a tenant may have more of something; `undefined` where it may be any tenant. */
export type StirListener = (tenant: TenantId | undefined) => void;

/** The others are told of one tenant no oftener. */
const LEAST_MS = 50;

/**
 * Tells this instance and the others that a tenant may have more of something to read, so that nobody waits for the next look. It says no more than where
 * to look; one that is lost only delays.
 */
export class Stirs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listeners = new Map<StirKind, StirListener[]>(STIR_KINDS.map((kind) => [kind, []]));
  /** What the others were told of a moment ago, and whether there was more since. */
  private readonly told = new Map<string, boolean>();

  constructor(private readonly signal: ChangeSignal) {}

  /** Whether what others say arrives here now. */
  get isLive(): boolean {
    return this.signal.isLive;
  }

  /** Whoever reads something registers while its module is made. */
  listen(kind: StirKind, listener: StirListener): void {
    this.listeners.get(kind)?.push(listener);
  }

  onApplicationBootstrap(): void {
    this.signal.listen((about) => this.hear(about));
  }

  /** Tells everybody; call it after what there is more of is committed. */
  stir(kind: StirKind, tenant: TenantId): void {
    this.pass(kind, tenant);
    this.stirOthers(kind, tenant);
  }

  /** Tells the other instances alone: at once, and once more soon after, however often there is more meanwhile. */
  stirOthers(kind: StirKind, tenant: TenantId): void {
    const about = `${kind} ${tenant}`;
    if (this.told.has(about)) this.told.set(about, true);
    else this.tell(about);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.signal.end();
  }

  private tell(about: string): void {
    this.told.set(about, false);
    this.signal.send(about);
    setTimeout(() => {
      const isMore = this.told.get(about) === true;
      this.told.delete(about);
      if (isMore) this.tell(about);
    }, LEAST_MS).unref();
  }

  /** What is not understood is none of ours. */
  private hear(about: string): void {
    const [word, name] = about.split(' ');
    const kind = STIR_KINDS.find((known) => known === word);
    if (kind !== undefined && isTenantId(name)) this.pass(kind, name);
    else if (about === ANYTHING) for (const each of STIR_KINDS) this.pass(each, undefined);
  }

  private pass(kind: StirKind, tenant: TenantId | undefined): void {
    for (const listener of this.listeners.get(kind) ?? []) listener(tenant);
  }
}
