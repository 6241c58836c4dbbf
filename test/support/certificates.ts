import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for 127.0.0.1 with its key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A directory with certificates, made by openssl. */
export class Certificates {
  readonly directory = mkdtempSync(join(tmpdir(), 'gatra-tls-'));
  readonly certFile = join(this.directory, 'cert.pem');
  readonly keyFile = join(this.directory, 'key.pem');
  private made = 0;

  /** Makes a pair that is valid for so many days from now; for none that have passed already where they are negative. */
  make(days = 30): Pair {
    const [request, extensions] = [join(this.directory, 'request.pem'), join(this.directory, 'extensions')];
    writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    const key = openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout');
    const keyFile = this.write('made-key.pem', key);
    openssl('req', '-new', '-key', keyFile, '-subj', `/CN=number ${++this.made}`, '-out', request);
    const signed = ['-in', request, '-signkey', keyFile, '-days', String(days), '-extfile', extensions];
    return { cert: openssl('x509', '-req', ...signed), key };
  }

  /** Puts a pair where it is served from, each file in one step. */
  place({ cert, key }: Pair): void {
    renameSync(this.write('next-key', key), this.keyFile);
    renameSync(this.write('next-cert', cert), this.certFile);
  }

  write(name: string, content: string): string {
    const file = join(this.directory, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function openssl(...parts: readonly string[]): string {
  return execFileSync('openssl', parts, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
