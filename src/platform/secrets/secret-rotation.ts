import { randomBytes } from 'node:crypto';
import { PLATFORM_LOG, type AuditLog } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Clock } from '../clock/clock.js';
import { ringOf, type Ring } from './ring-of.js';
import type { FoundSecret, SecretChain } from './secret-chain.js';
import { RETIRE_AFTER_MS, type SecretName } from './secret-names.js';
import { WritableSecretSource, type StoredVersion } from './secret-source.js';

const SECRET_BYTES = 48;
const MOST_LIVE = 8;

/** A rotation that is not done. Says why and what to do instead. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused';
}

/** What a version does: makes and checks, only checks, or nothing. */
export type VersionUse = 'current' | 'accepted' | 'none';

/** A version as people see it; never a value. */
export interface ListedVersion {
  readonly version: string;
  readonly source: string;
  readonly state: StoredVersion['state'];
  readonly use: VersionUse;
  /** Milliseconds since the epoch; null where it is not known. */
  readonly createdAt: number | null;
}

/** What rotation works with. */
export interface RotationParts {
  readonly chain: SecretChain;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  /** How long a new version only checks. */
  readonly activationMs: number;
}

/** Adds and disables versions of secrets in the source that holds them. Each change is audited before and after, without values. */
export class SecretRotation {
  constructor(private readonly parts: RotationParts) {}

  /** The versions of a secret, newest first; none where no source holds it. */
  async list(name: SecretName): Promise<readonly ListedVersion[]> {
    const found = await this.parts.chain.find(name);
    if (!found) return [];
    const ring = this.ringOf(name, found);
    return found.versions.map(({ version, state, createdAt }) => ({
      version,
      state,
      createdAt,
      source: found.source.kind,
      use: useOf(version, ring),
    }));
  }

  /**
   * Adds a version with a random value; the others follow by themselves. What has retired before is disabled in its source.
   * @returns the new version's name.
   * @throws RotationRefused
   */
  async rotate(name: SecretName, actor: string): Promise<string> {
    if (name === 'DATA_ENCRYPTION_KEY') {
      throw new RotationRefused(
        'DATA_ENCRYPTION_KEY is changed with a restart, and data keys are wrapped anew: docs/security/encryption.md',
      );
    }
    const { found, source } = await this.writable(name);
    const ring = this.ringOf(name, found);
    if ((ring?.live.length ?? 0) >= MOST_LIVE) {
      throw new RotationRefused(`${name} has ${MOST_LIVE} live versions already: retire some, or wait until they have retired`);
    }
    const version = await this.audited({ name, action: 'secret.rotated', actor }, async () => {
      const added = await source.add(name, Buffer.from(randomBytes(SECRET_BYTES).toString('hex')), this.parts.clock.now());
      return { version: added, details: { version: added, source: source.kind } };
    });
    const over = found.versions.filter(({ version: known, state }) => state === 'enabled' && useOf(known, ring) === 'none');
    for (const { version: known } of over) await this.disable(name, known, source, actor);
    return version;
  }

  /**
   * Disables a version: whatever was made with it is refused wherever the secrets are read next.
   * @param force also where that breaks what cannot be made anew.
   * @throws RotationRefused
   */
  async retire(
    name: SecretName,
    version: string,
    { actor, force = false }: { readonly actor: string; readonly force?: boolean },
  ): Promise<void> {
    if ((name === 'API_KEY_PEPPER' || name === 'DATA_ENCRYPTION_KEY') && !force) {
      const lost = name === 'API_KEY_PEPPER' ? 'API keys and list credentials that were not used since' : 'all data whose keys it wraps';
      throw new RotationRefused(`retiring a version of ${name} ends ${lost}: say --force where that is meant`);
    }
    const { found, source } = await this.writable(name);
    const enabled = found.versions.filter(({ state }) => state === 'enabled');
    if (!enabled.some((known) => known.version === version)) throw new RotationRefused(`${name} has no enabled version ${version}`);
    if (enabled.length === 1) throw new RotationRefused(`${version} is the only enabled version of ${name}: rotate it first`);
    await this.disable(name, version, source, actor);
  }

  private async disable(name: SecretName, version: string, source: WritableSecretSource, actor: string): Promise<void> {
    await this.audited({ name, action: 'secret.retired', actor }, async () => {
      if (!(await source.disable(name, version))) throw new RotationRefused(`${name} has no enabled version ${version}`);
      return { version, details: { version, source: source.kind } };
    });
  }

  private async writable(name: SecretName): Promise<{ readonly found: FoundSecret; readonly source: WritableSecretSource }> {
    const found = await this.parts.chain.find(name);
    if (!found) throw new RotationRefused(`no source holds ${name}`);
    const { source } = found;
    if (source instanceof WritableSecretSource) return { found, source };
    throw new RotationRefused(
      `${name} is held in the ${source.kind}: set ${name}_NEXT and restart every instance, then make it ${name} and the old one ${name}_PREVIOUS`,
    );
  }

  private ringOf(name: SecretName, { versions }: FoundSecret): Ring | undefined {
    const policy = { activationMs: this.parts.activationMs, retireAfterMs: RETIRE_AFTER_MS[name] };
    return ringOf(versions, this.parts.clock.now(), policy);
  }

  /** The intent is on record before anything changes, and what came of it afterwards. */
  private async audited(
    { name, action, actor }: { readonly name: SecretName; readonly action: string; readonly actor: string },
    change: () => Promise<{ readonly version: string; readonly details: Readonly<Record<string, unknown>> }>,
  ): Promise<string> {
    const entry = { actor: { type: 'system', id: actor }, target: { type: 'secret', id: name }, correlation_id: actor } as const;
    const append = (more: Pick<AuditEntry, 'action' | 'outcome' | 'details'>): Promise<unknown> =>
      this.parts.audit.append(PLATFORM_LOG, [{ ...entry, ...more }]);
    await append({ action: `${action}.begun`, outcome: 'success' });
    try {
      const { version, details } = await change();
      await append({ action, outcome: 'success', details });
      return version;
    } catch (error) {
      await append({ action, outcome: 'failure' });
      throw error;
    }
  }
}

function useOf(version: string, ring: Ring | undefined): VersionUse {
  if (ring?.current.version === version) return 'current';
  return ring?.live.some((live) => live.version === version) ? 'accepted' : 'none';
}
