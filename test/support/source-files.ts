import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the project with its text. */
export interface SourceFile {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

/** The TypeScript files below a directory, without their tests unless asked for. */
export function sourceFiles(directory: string, options: { readonly specs?: boolean } = {}): readonly SourceFile[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && (options.specs === true || !name.endsWith('.spec.ts')))
    .map((name) => join(directory, name))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** Paths of the files that hold a pattern. */
export function filesWith(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}
