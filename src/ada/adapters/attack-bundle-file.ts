import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { AttackCatalog, readAttackBundle } from '../domain/attack/attack-catalog.js';
import { AttackSource } from '../domain/attack/attack-source.js';

const MOST_BYTES = 128 * 1024 * 1024;
const unzip = promisify(gunzip);

/** ATT&CK from a STIX bundle in a file, gzipped or not. It is read when it is first asked for, and again when it has changed. */
export class AttackBundleFile extends AttackSource {
  private readonly logger = new Logger(AttackBundleFile.name);
  private known: { readonly version: string; readonly catalog: AttackCatalog } = { version: '', catalog: new AttackCatalog() };
  private reading: Promise<void> | undefined;

  /** @param path none for no file. */
  constructor(private readonly path: string | null) {
    super();
  }

  async catalog(): Promise<AttackCatalog> {
    if (this.path !== null) {
      this.reading ??= this.read(this.path).finally(() => (this.reading = undefined));
      await this.reading;
    }
    return this.known.catalog;
  }

  /** Leaves what is known where the file cannot be read. */
  private async read(path: string): Promise<void> {
    let version = this.known.version;
    try {
      const { size, mtimeMs, ino } = await stat(path);
      version = `${ino}.${size}.${mtimeMs}`;
      if (version === this.known.version) return;
      const catalog = await readAttackFile(path);
      this.known = { version, catalog };
      this.logger.log({ event: 'attack.bundle_read', techniques: catalog.size, version: catalog.version }, 'ATT&CK was read');
    } catch (error) {
      this.known = { ...this.known, version };
      this.logger.warn({ err: error, event: 'attack.bundle_failed' }, 'the bundle of ATT&CK cannot be read');
    }
  }
}

/** Reads a bundle of ATT&CK, gzipped or not. @throws Error where the file cannot be read, is larger than 128 MiB, or is no such bundle */
export async function readAttackFile(path: string): Promise<AttackCatalog> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`the file is larger than ${MOST_BYTES} bytes`);
  const bytes = await readFile(path);
  return readAttackBundle((path.endsWith('.gz') ? await unzip(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8'));
}
