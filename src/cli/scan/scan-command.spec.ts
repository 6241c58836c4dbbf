import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Command, CommanderError } from 'commander';
import { registerScan } from './scan-command.js';

const RULE = `title: Tool from a share
id: 8b1b7a1e-0b5e-4a39-9b2b-6d5a3c1f0a01
author: Someone Careful
logsource:
  product: acme
detection:
  s:
    tool|endswith: '\\evil.exe'
  condition: s
level: high
`;
const HIT = JSON.stringify({ product: 'acme', tool: 'X:\\Evil.exe' });
const MISS = JSON.stringify({ product: 'acme', tool: 'X:\\good.exe' });

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('gatra scan', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scan-'));
    await mkdir(join(folder, 'logs', 'inner'), { recursive: true });
    await writeFile(join(folder, 'rule.yml'), RULE);
    await writeFile(join(folder, 'logs', 'b.ndjson'), `${MISS}\n\nnot json\n[1]\r\n${HIT}`);
    await writeFile(join(folder, 'logs', 'inner', 'a.log.gz'), gzipSync(`${HIT}\n${HIT}\n`));
    await writeFile(join(folder, 'logs', 'notes.txt'), HIT);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const scan = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
    const stdout = new Sink();
    const stderr = new Sink();
    let code = 0;
    const setExitCode = (given: number): void => {
      code = given;
    };
    const program = new Command('gatra').exitOverride().configureOutput({ writeErr: (text) => stderr.write(text) });
    registerScan(program, { stdout, stderr, setExitCode });
    await program.parseAsync(['scan', ...args], { from: 'user' }).catch((error: unknown) => {
      if (!(error instanceof CommanderError)) throw error;
    });
    return { code, stdout: stdout.text, stderr: stderr.text };
  };
  const rules = (): string[] => ['--rules', join(folder, 'rule.yml')];

  it('prints one line of JSON for each event that matches, files in order, lines counted from 1', async () => {
    const { code, stdout, stderr } = await scan(...rules(), '--format', 'ndjson', join(folder, 'logs'));
    const at = (file: string, line: number): unknown => ({
      file: join(folder, 'logs', file),
      line,
      rules: ['8b1b7a1e-0b5e-4a39-9b2b-6d5a3c1f0a01'],
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([at('b.ndjson', 5), at('inner/a.log.gz', 1), at('inner/a.log.gz', 2)]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('2 lines not an event')]);
  });

  it('prints a table with the author of each rule and a summary', async () => {
    await writeFile(join(folder, 'bad.yml'), RULE.replace('endswith', 'bogus'));
    const { code, stdout } = await scan('--verbose', ...rules(), '--rules', join(folder, 'bad.yml'), join(folder, 'logs'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/high +3 +Tool from a share +Someone Careful +.*b\.ndjson:5\n/);
    expect(stdout).toMatch(
      /4 events in 2 files, .*\n3 matches of 1 rule in 3 events\n1 rule loaded, 1 unsupported\n {2}1 × unknown modifier "…"\n.*bad\.yml:8: Tool/,
    );
  });

  it('goes on after a file that cannot be read, and says so', async () => {
    await writeFile(join(folder, 'logs', 'a.ndjson.gz'), gzipSync(`${HIT}\n`.repeat(100)).subarray(0, 40));
    const { code, stdout, stderr } = await scan(...rules(), '--format', 'ndjson', join(folder, 'nothing'), join(folder, 'logs'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/ENOENT[\s\S]*a\.ndjson\.gz: .*unexpected end of file/);
    expect(stdout).toMatch(/b\.ndjson","line":5/);
  });

  it.each([[[]], [['--format', 'xml', 'x']], [['--bogus', 'x']]])('answers %j with 2', async (args) => {
    expect((await scan(...args)).code).toBe(2);
  });

  it('answers 1 where the rules cannot be read', async () => {
    expect((await scan('--rules', join(folder, 'nothing'), folder)).code).toBe(1);
  });

  it('passes over a line of any length', async () => {
    await writeFile(join(folder, 'logs', 'b.ndjson'), `{"tool":"${'x'.repeat(3 * 1024 * 1024)}"}\n${HIT}\n`);
    const { stdout } = await scan(...rules(), '--format', 'ndjson', join(folder, 'logs', 'b.ndjson'));
    expect(stdout).toContain('"line":2');
  });
});
