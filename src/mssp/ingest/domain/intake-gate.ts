/** How much may be under way at once. */
export interface GateLimits {
  readonly requests: number;
  readonly bytes: number;
  /** What one tenant may have of each. */
  readonly tenantShare: number;
}

export const DEFAULT_GATE_LIMITS: GateLimits = { requests: 512, bytes: 64 * 1024 * 1024, tenantShare: 0.5 };

/** A request's place, to be given back. */
export interface Place {
  /** Asks for memory besides what was asked for before; false where there is none. */
  grow(bytes: number): boolean;
  leave(): void;
}

interface Load {
  requests: number;
  bytes: number;
}

/** Bounds the requests and bytes under way, in all and for each tenant, before memory is spent on them. */
export class IntakeGate {
  private readonly all: Load = { requests: 0, bytes: 0 };
  private readonly tenants = new Map<string, Load>();

  constructor(private readonly limits = DEFAULT_GATE_LIMITS) {}

  /** Bytes and requests under way. */
  get load(): Readonly<Load> {
    return this.all;
  }

  /** A place for a request of `bytes` bytes; `undefined` where there is none. */
  enter(tenant: string, bytes: number): Place | undefined {
    const load = this.tenants.get(tenant) ?? { requests: 0, bytes: 0 };
    if (!this.fits(this.all, bytes, 1, 1) || !this.fits(load, bytes, 1, this.limits.tenantShare)) return undefined;
    this.tenants.set(tenant, load);
    const held = { requests: 1, bytes };
    add(load, held);
    add(this.all, held);
    return {
      grow: (more) => {
        if (!this.fits(this.all, more, 0, 1) || !this.fits(load, more, 0, this.limits.tenantShare)) return false;
        held.bytes += more;
        add(load, { requests: 0, bytes: more });
        add(this.all, { requests: 0, bytes: more });
        return true;
      },
      leave: () => {
        add(load, { requests: -held.requests, bytes: -held.bytes });
        add(this.all, { requests: -held.requests, bytes: -held.bytes });
        held.requests = 0;
        held.bytes = 0;
        if (load.requests === 0) this.tenants.delete(tenant);
      },
    };
  }

  private fits(load: Load, bytes: number, requests: number, share: number): boolean {
    return load.requests + requests <= this.limits.requests * share && load.bytes + bytes <= this.limits.bytes * share;
  }
}

function add(load: Load, more: Readonly<Load>): void {
  load.requests += more.requests;
  load.bytes += more.bytes;
}
