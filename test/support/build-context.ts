import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Pattern {
  readonly form: RegExp;
  readonly readmits: boolean;
}

/** Tells which paths a `.dockerignore` lets through: the last pattern that fits a path, or a directory that it is in, decides. */
export function readIgnoreFile(text: string): (path: string) => boolean {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): Pattern => ({ form: formOf(line.replace(/^!/, '')), readmits: line.startsWith('!') }));
  return (path) => patterns.findLast(({ form }) => form.test(path))?.readmits ?? true;
}

/** Paths that a pattern fits, and whatever is below them; unlike in a shell, a star is a leading dot too. */
function formOf(glob: string): RegExp {
  const parts = glob.split(/(\*\*\/|\*|\?)/).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}(?:/|$)`);
}

/** Files of the repository, without what git ignores. */
export function repositoryFiles(): readonly string[] {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { encoding: 'utf8' });
  if (listed.status !== 0) throw new Error(`git cannot list the files: ${listed.stderr}`);
  return listed.stdout.split('\0').filter((path) => path !== '');
}

/** Files that an image is built from: what an engine would be sent. */
export function buildContext(): readonly string[] {
  const isSent = readIgnoreFile(readFileSync('.dockerignore', 'utf8'));
  return repositoryFiles().filter(isSent);
}
