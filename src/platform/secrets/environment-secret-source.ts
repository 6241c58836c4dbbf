import type { Environment } from '../config/environment.js';
import { SecretSource } from './secret-source.js';

/** Secrets in environment variables. */
export class EnvironmentSecretSource extends SecretSource {
  constructor(private readonly env: Environment) {
    super();
  }

  async read(name: string): Promise<string | undefined> {
    return this.env[name] || undefined;
  }
}
