import { secretFault } from './check-secret.js';
import { ringOf, type Ring, type RingPolicy } from './ring-of.js';
import type { SecretChain } from './secret-chain.js';
import { SecretRing } from './secret-ring.js';
import { SecretSourceError, UnfitSecret, type StoredVersion } from './secret-source.js';
import { RETIRE_AFTER_MS, type SecretName } from './secret-names.js';

interface KeptSecret {
  readonly ring: SecretRing;
  readonly policy: RingPolicy;
  versions: readonly StoredVersion[];
  readAt: number;
}

/** A secret that could not be read again; its last good versions stay in force. */
export interface RefreshFailure {
  readonly secret: SecretName;
  /** What is wrong; never a value. */
  readonly reason: string;
}

/** Keeps the rings of the secrets as their sources and the time say. Times are milliseconds since the epoch. */
export class SecretKeeper {
  private readonly kept = new Map<SecretName, KeptSecret>();

  constructor(
    readonly chain: SecretChain,
    /** How long a new version only checks. */
    readonly activationMs: number,
  ) {}

  /**
   * Reads a secret for the first time; `undefined` where no source holds it.
   * @throws SecretSourceError that says why it cannot be used.
   */
  async load(name: SecretName, now: number): Promise<SecretRing | undefined> {
    const policy = this.policyOf(name);
    const found = await this.chain.find(name);
    if (!found) return undefined;
    const versions = checked(found.versions);
    const { live } = usable(ringOf(versions, now, policy));
    const ring = new SecretRing(live);
    this.kept.set(name, { ring, policy, versions, readAt: now });
    return ring;
  }

  /** Reads all of them again. What cannot be read or used stays as it was. */
  async refresh(now: number): Promise<readonly RefreshFailure[]> {
    const results = await Promise.all([...this.kept].map(([name, kept]) => this.readAgain(name, kept, now)));
    this.settle(now);
    return results.flatMap((failure) => failure ?? []);
  }

  /** Brings the rings to what the versions that were read mean at this time. */
  settle(now: number): void {
    for (const { ring, policy, versions } of this.kept.values()) {
      const due = ringOf(versions, now, policy);
      if (due && !isSame(ring.live, due.live)) ring.replace(due.live);
    }
  }

  /** How long ago the secret that was read longest ago was read, in milliseconds. */
  age(now: number): number {
    return Math.max(0, ...[...this.kept.values()].map(({ readAt }) => now - readAt));
  }

  /** Secrets that are kept. */
  get names(): readonly SecretName[] {
    return [...this.kept.keys()];
  }

  policyOf(name: SecretName): RingPolicy {
    return { activationMs: this.activationMs, retireAfterMs: RETIRE_AFTER_MS[name] };
  }

  close(): Promise<void> {
    return this.chain.close();
  }

  private async readAgain(name: SecretName, kept: KeptSecret, now: number): Promise<RefreshFailure | undefined> {
    try {
      const found = await this.chain.find(name);
      const versions = checked(found?.versions ?? []);
      usable(ringOf(versions, now, kept.policy));
      kept.versions = versions;
      kept.readAt = now;
      return undefined;
    } catch (error) {
      return { secret: name, reason: error instanceof SecretSourceError ? error.message : 'it cannot be read' };
    }
  }
}

/** @throws UnfitSecret where a version that would be live is not fit to be. */
function checked(versions: readonly StoredVersion[]): readonly StoredVersion[] {
  for (const { bytes } of versions) {
    const fault = bytes && secretFault(bytes.toString());
    if (fault) throw new UnfitSecret(fault);
  }
  return versions;
}

function usable(ring: Ring | undefined): Ring {
  if (!ring) throw new UnfitSecret('is missing: no version of it is enabled');
  return ring;
}

function isSame(a: SecretRing['live'], b: Ring['live']): boolean {
  return a.length === b.length && a.every(({ version, bytes }, at) => version === b[at]?.version && bytes.equals(b[at].bytes));
}
