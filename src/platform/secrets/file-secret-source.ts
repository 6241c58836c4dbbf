import { readFile } from 'node:fs/promises';
import { SecretSource } from './secret-source.js';

/** Secrets in one JSON file `{ "NAME": "value" }`, readable by its owner alone. */
export class FileSecretSource extends SecretSource {
  private content: Promise<Record<string, unknown>> | undefined;

  constructor(private readonly file: string) {
    super();
  }

  async read(name: string): Promise<string | undefined> {
    this.content ??= readSecrets(this.file);
    const value = (await this.content)[name];
    return typeof value === 'string' ? value : undefined;
  }
}

async function readSecrets(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error('the secrets file cannot be read', { cause: error });
  }
}
