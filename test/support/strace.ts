import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describeUnless } from './describe-unless.js';

const LOOK_EVERY_MS = 50;

/** Describes tests that trace processes, where that is possible. */
export function describeWithTracing(title: string, suite: () => void): void {
  const tried = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']);
  const reason = tried.error ? 'strace is not installed' : 'tracing is not permitted';
  describeUnless(tried.status === 0 ? undefined : reason, title, suite);
}

/** The command that runs another under the tracer: the child is the command itself, the tracer watches from aside. */
export function tracing(file: string, calls: readonly string[], textBytes: number): string[] {
  return [
    'strace',
    '-D',
    '-f',
    '--seccomp-bpf',
    '-y',
    '-s',
    String(textBytes),
    '-e',
    `trace=${calls.join(',')}`,
    '-e',
    'signal=none',
    '-o',
    file,
  ];
}

/** A tracer on a process that runs. */
export interface Tracer {
  /** Lets go of the process; answers what was printed. */
  end(): Promise<string>;
}

/** A process that is dead and that its tracer has not let go of, which some tracers never do by themselves. */
export function hasDied(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** Puts the tracer on a process; resolves once it holds it. */
export async function attachTracer(pid: number, options: readonly string[]): Promise<Tracer> {
  const child = spawn('strace', ['-f', '-p', String(pid), ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let printed = '';
  await new Promise<void>((attached, failed) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      printed += `${line}\n`;
      if (/attached/.test(line)) attached();
    });
    child.once('exit', () => failed(new Error(`the tracer ended: ${printed}`)));
  });
  const watch = setInterval(() => hasDied(pid) && child.kill('SIGKILL'), LOOK_EVERY_MS);
  return {
    end: async () => {
      child.kill('SIGINT');
      await ended;
      clearInterval(watch);
      return printed;
    },
  };
}
