import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Commands of a document, block by block: what is fenced as `bash` is meant to be run as it is written. */
export function examplesOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, example = '']) => example);
}

/** Runs a script in bash; answers what it printed. */
export function bash(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('close', (code) => resolve({ code, output }));
  });
}
