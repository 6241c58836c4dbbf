import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describeUnless } from './describe-unless.js';
import { isInstalled } from './redis-server.js';

/** The user of the image, by number. */
export const IMAGE_USER = 65_532;
export const DATA = '/var/lib/gatra';
export const SECRETS = '/run/secrets/app/secrets.json';
const NODE = '/nodejs/bin/node';
const TMP_BYTES = 64 * 1024 * 1024;
/** Where the status of the sandbox is told. */
const INFO = 3;

/** What a process in the bubble printed and how it ended. */
export interface BubbleResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process that runs on in the bubble. */
export interface BubbleProcess {
  readonly printed: readonly string[];
  /** Sends it a signal, as an engine would. */
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
  kill(): void;
}

/**
 * The content of an image in what an engine makes of it: its own user, processes and System V objects, a root that cannot be written but for the
 * data and a small `/tmp`, no capability, no way to a privilege, and no program but node. The network is the machine's.
 */
export class Bubble {
  private readonly isRoot = process.getuid?.() === 0;

  private constructor(
    private readonly directory: string,
    private readonly image: string,
    private readonly libraries: readonly string[],
  ) {}

  /** @param image directory that holds `app`, readable for everybody; @param secrets content of the secrets file. */
  static make(image: string, secrets: Readonly<Record<string, string>>): Bubble {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-bubble-'));
    chmodSync(directory, 0o755);
    const bubble = new Bubble(directory, image, librariesOf(process.execPath));
    copyFileSync(process.execPath, join(directory, 'node'));
    chmodSync(join(directory, 'node'), 0o755);
    for (const name of ['data', 'secrets']) mkdirSync(join(directory, name), { mode: 0o700 });
    writeFileSync(join(directory, 'secrets', 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
    if (bubble.isRoot) {
      for (const name of ['data', 'secrets', 'secrets/secrets.json']) chownSync(join(directory, name), IMAGE_USER, IMAGE_USER);
    }
    return bubble;
  }

  /** The data directory, seen from outside. */
  get data(): string {
    return join(this.directory, 'data');
  }

  /** Runs node with these words to its end. */
  async run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BubbleResult> {
    const child = this.spawn([], words, env);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, out, err };
  }

  /** Starts node with these words, `under` a command of the machine's. */
  async start(words: readonly string[], env: Readonly<Record<string, string>>, under: readonly string[] = []): Promise<BubbleProcess> {
    const child = this.spawn(under, words, env);
    const printed: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => printed.push(line));
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    const told = new Promise<string>((done) => (child.stdio[INFO] as Readable).once('data', (chunk: Buffer) => done(chunk.toString())));
    const info = await Promise.race([told, ended.then(() => undefined)]);
    const pid = Number(/"child-pid": (\d+)/.exec(info ?? '')?.[1]);
    if (!(pid > 1)) throw new Error(`the bubble did not start: ${printed.join('\n')}`);
    return {
      printed,
      ended,
      signal: (name) => void process.kill(pid, name),
      kill: () => void (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')),
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private spawn(under: readonly string[], words: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
    const asUser = this.isRoot ? ['setpriv', `--reuid=${IMAGE_USER}`, `--regid=${IMAGE_USER}`, '--clear-groups', '--'] : [];
    const variables = Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
    const [command = '', ...args] = [
      ...under,
      ...asUser,
      'bwrap',
      ...this.walls(),
      '--info-fd',
      String(INFO),
      ...variables,
      '--',
      NODE,
      ...words,
    ];
    return spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], cwd: '/' });
  }

  private walls(): readonly string[] {
    const shown = (from: string, to: string): string[] => ['--ro-bind', from, to];
    return [
      ['--unshare-user', '--uid', String(IMAGE_USER), '--gid', String(IMAGE_USER)],
      ['--unshare-pid', '--as-pid-1', '--unshare-ipc', '--unshare-uts', '--hostname', 'gatra'],
      ['--new-session', '--die-with-parent', '--cap-drop', 'ALL', '--clearenv'],
      shown(join(this.directory, 'node'), NODE),
      ...this.libraries.map((path) => shown(realpathSync(path), path)),
      shown(join(this.image, 'app'), '/app'),
      shown(join(this.directory, 'secrets'), dirname(SECRETS)),
      ['--bind', this.data, DATA],
      ['--size', String(TMP_BYTES), '--tmpfs', '/tmp', '--proc', '/proc', '--dev', '/dev'],
      ['--remount-ro', '/', '--chdir', '/app'],
    ].flat();
  }
}

/** Describes what needs bubblewrap and a tracer, where both work. */
export function describeInBubble(title: string, suite: () => void): void {
  describeUnless(reasonAgainst(), title, suite);
}

function reasonAgainst(): string | undefined {
  for (const program of ['bwrap', 'strace', 'setpriv', 'ldd']) if (!isInstalled(program)) return `${program} not installed`;
  const tried = spawnSync('bwrap', ['--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : `namespaces are not permitted: ${tried.stderr.trim()}`;
}

/** Libraries that a program is linked with, and the one that loads them. */
function librariesOf(program: string): readonly string[] {
  const listed = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout;
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

/** Files that a traced process opened to write, made, renamed or removed, with what came of it, from the moment that it became node. */
export function writesIn(trace: string): readonly string[] {
  const lines = readFileSync(trace, 'utf8').split('\n');
  const begins = lines.findIndex((line) => line.includes(`execve("${NODE}"`));
  if (begins < 0) throw new Error('the trace does not show node');
  return lines
    .slice(begins)
    .filter((line) => /\b(creat|mkdir|mkdirat|rename\w*|unlink\w*|link|linkat|symlink\w*|truncate)\(|O_(WRONLY|RDWR|CREAT)/.test(line));
}
