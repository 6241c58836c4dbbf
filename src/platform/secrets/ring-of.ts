import type { StoredVersion } from './secret-source.js';
import type { SecretVersion } from './secret-ring.js';

/** When versions of a secret begin to make things and cease to check them. */
export interface RingPolicy {
  /**
   * From its creation until this is over a version only checks, in milliseconds, so that every instance has read it before anything made with
   * it is met. Longer than the time between two reads plus the clocks' differences.
   */
  readonly activationMs: number;
  /**
   * How long a version still checks after its successor has begun to make things, in milliseconds: the life of what is made plus the clocks'
   * differences. Null: until it is disabled.
   */
  readonly retireAfterMs: number | null;
}

/** What a ring is made of. */
export interface Ring {
  readonly current: SecretVersion;
  /** Every version that checks, current one first. */
  readonly live: readonly [SecretVersion, ...SecretVersion[]];
}

/**
 * Decides which version makes things and which ones check, at a time. Where no version is old enough the oldest one makes: it is the one that
 * the others have known the longest.
 * @param versions newest first.
 * @param now milliseconds since the epoch.
 * @returns `undefined` where no version may make things.
 */
export function ringOf(versions: readonly StoredVersion[], now: number, policy: RingPolicy): Ring | undefined {
  const usable = versions.flatMap((stored) => {
    const { version, bytes } = stored;
    return bytes && (stored.state === 'enabled' || stored.state === 'announced') ? [{ stored, made: { version, bytes } }] : [];
  });
  const enabled = usable.filter(({ stored }) => stored.state === 'enabled');
  const current = enabled.find(({ stored }) => activeFrom(stored, policy) <= now) ?? enabled.at(-1);
  if (!current) return undefined;
  const others = usable.filter((candidate) => candidate !== current && !isRetired(candidate.stored));
  return { current: current.made, live: [current.made, ...others.map(({ made }) => made)] };

  function isRetired(version: StoredVersion): boolean {
    if (policy.retireAfterMs === null || version.state !== 'enabled') return false;
    const newer = enabled.slice(
      0,
      enabled.findIndex(({ stored }) => stored === version),
    );
    const superseded = Math.min(...newer.map(({ stored }) => (stored.createdAt === null ? Infinity : activeFrom(stored, policy))));
    return now >= superseded + policy.retireAfterMs;
  }
}

function activeFrom({ createdAt }: StoredVersion, { activationMs }: RingPolicy): number {
  return createdAt === null ? -Infinity : createdAt + activationMs;
}
