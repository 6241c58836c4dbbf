import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BootstrapFile } from '../../platform/tenancy/bootstrap.js';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));
const LINES_KEPT = 40;

/** The app that the demo is shown on. */
export interface DemoTarget {
  readonly baseUrl: string;
  readonly bootstrap: BootstrapFile;
  /** Where the credentials are. */
  readonly credentials: string;
  /** Peak resident memory so far, in bytes, where the system tells. */
  peakMemory(): number | undefined;
  stop(): Promise<unknown>;
}

/** One that runs already, wherever that is, and goes on running. @param url where the file does not say where it is. */
export function runningTarget(credentials: string, url: string | undefined): DemoTarget {
  const bootstrap = JSON.parse(readFileSync(credentials, 'utf8')) as BootstrapFile;
  const baseUrl = url ?? bootstrap.base_url;
  if (!/^https?:\/\//.test(baseUrl)) throw new Error('say with --url where the API is');
  return { baseUrl: baseUrl.replace(/\/$/, ''), bootstrap, credentials, peakMemory: () => undefined, stop: async () => undefined };
}

/** The app, as a process of its own on a data directory. */
export class DemoServer implements DemoTarget {
  private constructor(
    private readonly process: ChildProcess,
    readonly baseUrl: string,
    readonly bootstrap: BootstrapFile,
    readonly credentials: string,
  ) {}

  /** Starts the app as development does. @throws with the app's last words where it does not come up. */
  static async start(dataDir: string, settings: Readonly<Record<string, string>>): Promise<DemoServer> {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: '', ENVIRONMENT: 'development', LOG_FORMAT: 'json', LOG_LEVEL: 'info', GATRA_DATA_DIR: dataDir, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    const baseUrl = await new Promise<string>((resolve, reject) => {
      const read = (line: string): void => {
        lines.push(line);
        if (lines.length > LINES_KEPT) lines.shift();
        const url = listeningUrl(line);
        if (url !== undefined) resolve(url);
      };
      createInterface({ input: child.stdout }).on('line', read);
      createInterface({ input: child.stderr }).on('line', read);
      child.once('exit', (code) =>
        reject(new Error(`the app stopped with ${code ?? 'a signal'} before it was ready:\n${lines.join('\n')}`)),
      );
    });
    const credentials = join(dataDir, 'bootstrap.json');
    return new DemoServer(child, baseUrl, JSON.parse(readFileSync(credentials, 'utf8')) as BootstrapFile, credentials);
  }

  peakMemory(): number | undefined {
    try {
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))?.[1];
      return peak === undefined ? undefined : Number(peak) * 1024;
    } catch {
      return undefined;
    }
  }

  /** Lets the app finish what is under way and end. Resolves with its exit code. */
  stop(): Promise<number | null> {
    return new Promise((resolve) => {
      if (this.process.exitCode !== null) resolve(this.process.exitCode);
      this.process.once('exit', (code) => resolve(code));
      this.process.kill('SIGTERM');
    });
  }
}

function listeningUrl(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { event?: string; base_url?: string };
    return entry.event === 'listening' ? entry.base_url : undefined;
  } catch {
    return undefined;
  }
}
