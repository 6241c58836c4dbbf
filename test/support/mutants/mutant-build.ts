import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import type { Edit, Mutant } from './mutant.js';

/** A copy of the build in which mutants take turns; it runs from its single modules, not from the bundles that were made of them. */
export class MutantBuild {
  private readonly directory = mkdtempSync(join(tmpdir(), 'gatra-mutant-'));
  private changed: string[] = [];

  constructor() {
    cpSync('dist', join(this.directory, 'dist'), { recursive: true, filter: (source) => source !== join('dist', 'bundle') });
    for (const apart of globSync('dist/**/*.modules.js')) cpSync(apart, join(this.directory, apart.replace(/\.modules\.js$/, '.js')));
    cpSync('config', join(this.directory, 'config'), { recursive: true });
    cpSync('package.json', join(this.directory, 'package.json'));
    symlinkSync(resolve('node_modules'), join(this.directory, 'node_modules'));
  }

  get main(): string {
    return join(this.directory, 'dist', 'main.js');
  }

  /** Puts a mutant in, and takes out the one before. @throws Error where a text to be changed is not there exactly once. */
  put({ name, edits }: Mutant): void {
    this.restore();
    const texts = new Map<string, string>();
    for (const edit of edits) texts.set(edit.file, edited(texts.get(edit.file) ?? readFileSync(edit.file, 'utf8'), edit, name));
    for (const [file, text] of texts) {
      const built = file.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js');
      writeFileSync(join(this.directory, built), transpiled(text, file));
      this.changed.push(built);
    }
  }

  /** Takes the mutant out. */
  restore(): void {
    for (const built of this.changed) cpSync(unbundled(built), join(this.directory, built));
    this.changed = [];
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The file that stands for what was built of one module: an entry's own is its bundle. */
function unbundled(built: string): string {
  const apart = built.replace(/\.js$/, '.modules.js');
  return existsSync(apart) ? apart : built;
}

function edited(text: string, { find, replace, at }: Edit, name: string): string {
  if (at !== undefined) {
    if (text.slice(at, at + find.length) !== find) throw new Error(`${name}: the source is another than the one that was read`);
    return text.slice(0, at) + replace + text.slice(at + find.length);
  }
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${name}: stands ${parts.length - 1} times, not once: ${find}`);
  return parts.join(replace);
}

let known: ts.CompilerOptions | undefined;

function readOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => readFileSync(path, 'utf8')) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, noEmit: false, module: 'esnext', moduleResolution: 'bundler' },
    '.',
  );
  return options;
}

function transpiled(text: string, fileName: string): string {
  const options = (known ??= readOptions());
  const { outputText, diagnostics = [] } = ts.transpileModule(text, { fileName, compilerOptions: options, reportDiagnostics: true });
  const [fault] = diagnostics;
  if (fault) throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(fault.messageText, '\n')}`);
  return outputText;
}
