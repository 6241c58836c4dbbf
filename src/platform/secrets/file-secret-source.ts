import { readFile, stat } from 'node:fs/promises';
import { ProcessLock } from '../storage/process-lock.js';
import { writeDurably } from '../storage/write-durably.js';
import { SecretSourceError, WritableSecretSource, type StoredVersion } from './secret-source.js';
import { parseSecretsFile, versionsOf, withoutVersion, withVersion, type FileSecret, type SecretsFile } from './secrets-file.js';

const OTHERS = 0o077;

/**
 * Secrets in one JSON file that its owner alone can read: `{ "NAME": "value" }` or `{ "NAME": { "versions": [{ "version", "value",
 * "created_at", "state" }] } }`. Read anew each time; replaced as a whole, by one process at a time.
 */
export class FileSecretSource extends WritableSecretSource {
  readonly kind = 'file';

  /** @param requirePrivate whether a file that others can read is refused. */
  constructor(
    private readonly file: string,
    private readonly requirePrivate: boolean,
  ) {
    super();
  }

  async read(name: string): Promise<readonly StoredVersion[] | undefined> {
    const content = await this.content();
    return Object.hasOwn(content, name) ? versionsOf(content[name] as FileSecret) : undefined;
  }

  async add(name: string, bytes: Buffer, now: number): Promise<string> {
    const changed = await this.change(name, (secret) => withVersion(secret, { value: bytes.toString(), createdAt: now }));
    const [added] = changed === undefined ? [] : versionsOf(changed);
    if (!added) throw new SecretSourceError(`the secrets file has no ${name}`);
    return added.version;
  }

  async disable(name: string, version: string): Promise<boolean> {
    return (await this.change(name, (secret) => withoutVersion(secret, version))) !== undefined;
  }

  /** Replaces one secret; `undefined`, with nothing changed, where the file does not have it or `work` makes nothing of it. */
  private async change(name: string, work: (secret: FileSecret) => FileSecret | undefined): Promise<FileSecret | undefined> {
    const lock = new ProcessLock(`${this.file}.lock`);
    try {
      return await lock.exclusively(async () => {
        const content = await this.content();
        const changed = Object.hasOwn(content, name) ? work(content[name] as FileSecret) : undefined;
        if (changed !== undefined) writeDurably(this.file, `${JSON.stringify({ ...content, [name]: changed }, null, 2)}\n`);
        return changed;
      });
    } finally {
      lock.close();
    }
  }

  private async content(): Promise<SecretsFile> {
    let text: string;
    try {
      if (this.requirePrivate && ((await stat(this.file)).mode & OTHERS) !== 0) {
        throw new SecretSourceError('the secrets file can be read by others than its owner: chmod 600 it');
      }
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error instanceof SecretSourceError ? error : new SecretSourceError('the secrets file cannot be read');
    }
    try {
      return parseSecretsFile(text);
    } catch (error) {
      throw new SecretSourceError(`the secrets file cannot be used: ${(error as Error).message}`);
    }
  }
}
