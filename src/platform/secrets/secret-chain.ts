import { SecretSource, type StoredVersion } from './secret-source.js';

/** Where a secret was found, and its versions, newest first. */
export interface FoundSecret {
  readonly source: SecretSource;
  readonly versions: readonly StoredVersion[];
}

/** Sources in the order in which they are asked. The first that holds a secret has all of it: sources are never mixed. */
export class SecretChain {
  constructor(readonly sources: readonly SecretSource[]) {}

  /** @throws SecretSourceError where a source cannot tell; the ones behind it are not asked then. */
  async find(name: string): Promise<FoundSecret | undefined> {
    for (const source of this.sources) {
      const versions = await source.read(name);
      if (versions !== undefined) return { source, versions };
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.close()));
  }
}
