import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildContext } from './build-context.js';

const STEPS = join('scripts', 'image', 'steps.mjs');
const DEPENDENCIES = 'node_modules';
/** Beside the dependencies, as links to their files cannot cross from one file system to another; and not among them, where compilers change their ways. */
const WORKSHOPS = '.gatra';

/** The content of the container image, made by the steps that its Dockerfile calls. */
export class ImageContent {
  private constructor(
    /** Where it was built. */
    readonly workshop: string,
    /** What the image holds: `app` and `data`. */
    readonly directory: string,
  ) {}

  /** Makes it of what an engine would be sent. Dependencies of the build are taken as they are installed here, those of production are installed. */
  static async make(): Promise<ImageContent> {
    mkdirSync(WORKSHOPS, { recursive: true });
    const workshop = mkdtempSync(join(resolve(WORKSHOPS), 'image-'));
    const directory = mkdtempSync(join(tmpdir(), 'gatra-image-'));
    chmodSync(directory, 0o755);
    const content = new ImageContent(workshop, directory);
    try {
      for (const path of buildContext()) {
        mkdirSync(dirname(join(workshop, path)), { recursive: true });
        cpSync(path, join(workshop, path));
      }
      linkDependencies(join(workshop, DEPENDENCIES));
      await Promise.all([content.step('build'), content.step('production', join(directory, 'app'))]);
      await content.step('content', directory);
      return content;
    } catch (error) {
      content.remove();
      throw error;
    }
  }

  remove(): void {
    for (const path of [this.workshop, this.directory]) rmSync(path, { recursive: true, force: true });
  }

  private async step(name: string, ...directory: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [STEPS, name, ...directory], { cwd: this.workshop, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const code = await new Promise<number | null>((done) => child.once('close', done));
    if (code !== 0) throw new Error(`the step ${name} failed:\n${printed}`);
  }
}

function linkDependencies(directory: string): void {
  mkdirSync(directory);
  const packages = readdirSync(DEPENDENCIES).filter((name) => name !== '.cache');
  const linked = spawnSync('cp', ['-al', ...packages.map((name) => join(DEPENDENCIES, name)), directory], { encoding: 'utf8' });
  if (linked.status !== 0) throw new Error(`dependencies cannot be linked: ${linked.stderr}`);
}
