import type { Environment } from '../config/variable-reader.js';
import { SecretSource, type StoredVersion } from './secret-source.js';
import { versionName } from './version-name.js';

/**
 * Secrets in environment variables. They change only with a restart, so a rotation by hand takes three: `NAME_NEXT` announces a value to all
 * instances, then it becomes `NAME` and the old one `NAME_PREVIOUS`, then that is dropped.
 */
export class EnvironmentSecretSource extends SecretSource {
  readonly kind = 'environment';

  constructor(private readonly env: Environment) {
    super();
  }

  async read(name: string): Promise<readonly StoredVersion[] | undefined> {
    const current = this.version(name, 'enabled');
    if (current.length === 0) return undefined;
    return [...this.version(`${name}_NEXT`, 'announced'), ...current, ...this.version(`${name}_PREVIOUS`, 'announced')];
  }

  private version(variable: string, state: StoredVersion['state']): StoredVersion[] {
    const value = this.env[variable];
    if (value === undefined || value === '') return [];
    const bytes = Buffer.from(value);
    return [{ version: versionName(bytes), state, createdAt: null, bytes }];
  }
}
