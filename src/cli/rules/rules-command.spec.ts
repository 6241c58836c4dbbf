import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { registerRules } from './rules-command.js';

const ID = '8b1b7a1e-0b5e-4a39-9b2b-6d5a3c1f0a01';
const RULE = `title: Tool from a share
id: ${ID}
logsource:
  product: acme
detection:
  s:
    tool|endswith: '\\evil.exe'
  condition: s
level: high
`;
const TESTS = `tests:
  - name: the tool
    matches: true
    events:
      - { product: acme, tool: 'X:\\evil.exe' }
      - product: acme
        tool: evil.exe
`;
const HIT = JSON.stringify({ product: 'acme', tool: 'X:\\Evil.exe' });
const CORRELATION = `---
title: Twice
id: 8b1b7a1e-0b5e-4a39-9b2b-6d5a3c1f0a02
correlation:
  type: event_count
  rules: [${ID}]
  timespan: 1m
  condition: { gte: 2 }
tests:
  - name: once
    matches: true
    events:
      - { product: acme, tool: 'X:\\evil.exe' }
  - name: twice
    matches: true
    events:
      - { product: acme, tool: 'X:\\evil.exe' }
      - { product: acme, tool: 'Y:\\evil.exe' }
`;

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('gatra rules', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rules-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const run = async (args: readonly string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> => {
    const [stdout, stderr] = [new Sink(), new Sink()];
    let code = 0;
    const setExitCode = (given: number): void => {
      code = given;
    };
    const program = new Command('gatra').exitOverride().configureOutput({ writeErr: (text) => stderr.write(text) });
    registerRules(program, { stdin: Readable.from([Buffer.from(input)]), stdout, stderr, setExitCode });
    await program.parseAsync(['rules', ...args], { from: 'user' }).catch((error: unknown) => {
      if (!(error instanceof CommanderError)) throw error;
    });
    return { code, stdout: stdout.text, stderr: stderr.text };
  };

  describe('test', () => {
    it('names the line of each event that is not as a test says, and answers 1', async () => {
      const path = await write('a.yml', RULE + TESTS + CORRELATION);
      const { code, stdout } = await run(['test', folder]);
      expect(code).toBe(1);
      expect(stdout).toBe(
        `${path}:15: Tool from a share: the tool: the rule does not match the event\n` +
          `${path}:26: Twice: once: the correlation does not fire\n` +
          '3 tests of 2 rules: 2 failed; 0 rules without tests, 0 unusable\n',
      );
      const { failures, ...counts } = JSON.parse((await run(['test', folder, '--json'])).stdout) as { failures: unknown[] };
      expect(counts).toEqual({ rules: 2, tests: 3, untested: 0, unusable: [] });
      expect(failures[0]).toEqual({
        path,
        line: 15,
        id: ID,
        title: 'Tool from a share',
        test: 'the tool',
        reason: 'the rule does not match the event',
      });
    });

    it('answers 0 where all pass, and counts rules without tests', async () => {
      await write('a.yml', RULE);
      expect(await run(['test', folder])).toEqual({
        code: 0,
        stdout: '0 tests of 1 rule: 0 failed; 1 rule without tests, 0 unusable\n',
        stderr: '',
      });
    });

    it('answers 1 where a rule cannot be used, its tests among the reasons', async () => {
      const path = await write('a.yml', RULE + TESTS.replace('matches: true', 'matches: maybe'));
      const { code, stdout } = await run(['test', folder]);
      expect([code, stdout]).toEqual([
        1,
        expect.stringContaining(`${path}:12: Tool from a share: tests: matches is neither true nor false\n`),
      ]);
    });
  });

  describe('lint', () => {
    it('lists errors and warnings in order of place, and answers 1 to errors', async () => {
      const path = await write('a.yml', `${RULE.replace('level: high', 'levle: high')}---\n${RULE}`);
      const { code, stdout } = await run(['lint', folder]);
      expect(code).toBe(1);
      expect(stdout).toMatch(new RegExp(`^${path}:1: Tool from a share: warning: level is missing.*\n${path}:9: .*warning: "levle"`));
      expect(stdout).toContain(`${path}:12: Tool from a share: error: a rule with this id was read before, from ${path}\n`);
      expect(stdout).toMatch(/1 rule read: 1 error, 2 warnings\n$/);
    });

    it('answers 0 to warnings, and 1 where it is to be strict', async () => {
      await write('a.yml', RULE.replace('level: high', 'levle: high'));
      const { code, stdout } = await run(['lint', folder, '--json']);
      expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ rules: 1, errors: 0, warnings: 2 })]);
      expect((await run(['lint', folder, '--strict'])).code).toBe(1);
    });

    it('tells of a pattern that could be slow, what it could cost and where', async () => {
      const path = await write('a.yml', RULE.replace("tool|endswith: '\\evil.exe'", "tool|re: '(?=x)(a+)+b'"));
      expect((await run(['lint', folder])).stdout).toContain(`${path}:7: Tool from a share: error: s: tool|re: the pattern looks around`);
    });

    it('tells of a field that no event of the log source has, where, and what was meant', async () => {
      const path = await write(
        'a.yml',
        RULE.replace('product: acme', 'product: windows\n  category: file_event').replace('tool|', 'TargetFileName|'),
      );
      expect(await run(['lint', folder])).toEqual({
        code: 0,
        stdout:
          `${path}:8: Tool from a share: warning: detection: no event of windows/file_event is known to have a field "TargetFileName": ` +
          'did you mean "TargetFilename"? Upper and lower case count in names\n1 rule read: 0 errors, 1 warning\n',
        stderr: '',
      });
    });

    it('tells of a field that events cannot be grouped by, in which document', async () => {
      const section = 'correlation: { type: event_count, rules: [made], group-by: User, timespan: 5m, condition: { gte: 9 } }';
      const correlation = `title: Many\nid: 0d2c2f0e-35a5-4a3c-8d6c-3d1d6c6f2a11\n${section}\n`;
      const made = RULE.replace('product: acme', 'product: windows\n  category: file_event').replace('title:', 'name: made\ntitle:');
      const path = await write('a.yml', `${made.replace('tool|', 'TargetFilename|')}---\n${correlation.replace('User', 'Usr')}`);
      expect((await run(['lint', folder])).stdout).toMatch(
        new RegExp(
          `^${path}:\\d+: Many: warning: correlation: what "Tool from a share" matches is never counted: .* field "Usr": did you mean "User"`,
        ),
      );
    });

    it('has nothing to say of the rules that GATRA comes with', async () => {
      expect((await run(['lint', 'config/rules', '--strict'])).stdout).toMatch(/^\d+ rules read: 0 errors, 0 warnings\n$/);
    });

    it('looks techniques up in a bundle, and answers 1 without one that can be read', async () => {
      const bundle = { objects: [{ type: 'attack-pattern', id: 'a', name: 'A', external_references: [{ external_id: 'T1059' }] }] };
      await write('attack.json', JSON.stringify(bundle));
      await write('a.yml', `${RULE}tags: [attack.t1059, attack.t1060]\n`);
      expect((await run(['lint', folder, '--attack', join(folder, 'attack.json')])).stdout).toMatch(
        /:10: .*"attack.t1060" is no technique/,
      );
      const none = await run(['lint', folder, '--attack', join(folder, 'a.yml')]);
      expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('a.yml: not valid JSON')]);
    });
  });

  describe('bench', () => {
    it('measures the rules that have events, and counts the others', async () => {
      await write('a.yml', `${RULE}---\n${RULE.replaceAll('acme', 'other').replace(ID, 'other')}`);
      const events = await write('events.ndjson', `${HIT}\nnot json\n${JSON.stringify({ product: 'acme', tool: 'x' })}\n`);
      const { code, stdout } = await run(['bench', join(folder, 'a.yml'), '--events', events, '--json']);
      expect([code, JSON.parse(stdout)]).toEqual([
        0,
        {
          events: 2,
          rules: [{ id: ID, title: 'Tool from a share', events: 2, matches: 1, micros: expect.any(Number) as number }],
          not_measured: 1,
        },
      ]);
      const table = await run(['bench', join(folder, 'a.yml'), '--events', events]);
      expect(table.stdout).toMatch(/ 2 +1 {2}Tool from a share .*\n1 rule measured over 2 events, .*; 1 rule without an event/);
    });

    it('answers 1 where there are no events, 2 to a count that is none', async () => {
      const events = await write('events.ndjson', '\n');
      expect((await run(['bench', folder, '--events', events])).code).toBe(1);
      expect((await run(['bench', folder, '--events', events, '--most', '0'])).code).toBe(2);
    });
  });

  describe('explain', () => {
    it('says what holds, what does not, and what was seen', async () => {
      const rule = await write('a.yml', RULE);
      const event = await write('event.json', HIT);
      expect((await run(['explain', rule, event])).stdout).toBe(
        'Tool from a share: matches\n' +
          '  yes  log source: product acme | the event: product acme\n' +
          '  yes  s: tool endswith "\\evil.exe" | seen: "X:\\Evil.exe"\n',
      );
      const miss = JSON.stringify({ product: 'other', tool: ['a\u001B[2J', 'b'] });
      expect((await run(['explain', rule, '-'], miss)).stdout).toBe(
        'Tool from a share: does not match\n' +
          '  no   log source: product acme | the event: product other\n' +
          '  no   s: tool endswith "\\evil.exe" | seen: "a [2J", "b"\n',
      );
      const { stdout } = await run(['explain', rule, '-', '--json'], HIT);
      expect(JSON.parse(stdout)).toMatchObject({ id: ID, matches: true, detection: { search: 's', holds: true } });
    });

    it('asks which rule is meant, and refuses what is no event', async () => {
      const rule = await write('a.yml', `${RULE}---\n${RULE.replace(ID, 'other')}`);
      const several = await run(['explain', rule, '-'], HIT);
      expect([several.code, several.stderr]).toEqual([1, expect.stringMatching(/holds 2 detection rules: say which with --id/)]);
      expect((await run(['explain', rule, '-', '--id', 'other'], HIT)).code).toBe(0);
      expect((await run(['explain', rule, '-', '--id', 'third'], HIT)).stderr).toMatch(/no detection rule with the id third/);
      expect((await run(['explain', rule, '-', '--id', 'other'], '{')).stderr).toMatch(/the event is not valid JSON/);
      const large = await run(['explain', rule, '-', '--id', 'other'], ' '.repeat(1024 * 1024 + 1));
      expect([large.code, large.stderr]).toEqual([1, expect.stringContaining('larger than 1048576 bytes')]);
    });

    it('says why a rule cannot be explained that cannot be used', async () => {
      const rule = await write('a.yml', RULE.replace('endswith', 'bogus'));
      expect((await run(['explain', rule, '-'], HIT)).stderr).toContain('a.yml:7: s: tool|bogus: unknown modifier "bogus"');
    });
  });

  describe('placeholders', () => {
    const PLACED = RULE.replace("tool|endswith: '\\evil.exe'", "tool|expand|endswith: '%Tools%'");
    const lists = 'Tools: [evil.exe]\ntenants: { acme-corp: { Tools: [other.exe] } }\n';

    it('stand for what a file says, for everybody or for a tenant', async () => {
      const path = await write('a.yml', PLACED);
      const file = ['--placeholders', await write('lists.yaml', lists)];
      expect((await run(['lint', path])).stdout).toContain('error: s: tool|expand|endswith: placeholder %Tools% has no values');
      expect((await run(['lint', path, ...file])).stdout).toMatch(/1 rule read: 0 errors/);
      expect((await run(['explain', path, '-', ...file], HIT)).stdout).toContain('Tool from a share: matches');
      expect((await run(['explain', path, '-', ...file, '--tenant', 'acme-corp'], HIT)).stdout).toContain('does not match');
      const events = await write('events.ndjson', `${HIT}\n`);
      const bench = await run(['bench', path, '--events', events, '--json', ...file]);
      expect(JSON.parse(bench.stdout)).toMatchObject({ rules: [{ matches: 1 }] });
      expect((await run(['test', path, ...file])).code).toBe(0);
    });

    it('answer 1 with the faults of the file, and where it cannot be read', async () => {
      const path = await write('a.yml', RULE);
      const file = await write('lists.yaml', 'Tools: []\n');
      const { code, stdout } = await run(['lint', path, '--placeholders', file]);
      expect([code, stdout]).toEqual([1, expect.stringContaining('lists.yaml:1')]);
      expect(stdout).toContain('placeholder %Tools%: the list is empty');
      expect((await run(['lint', path, '--placeholders', join(folder, 'none')])).stderr).toContain('ENOENT');
    });
  });

  it.each([[['bogus']], [['test']], [['explain', 'x']], [['explain', 'x', 'y', '--format', 'xml']]])('answers %j with 2', async (args) => {
    expect((await run(args)).code).toBe(2);
  });

  it.each([['test'], ['lint']])('%s answers 1 where the rules cannot be read', async (name) => {
    expect(await run([name, join(folder, 'nothing')])).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('ENOENT') as string,
    });
  });
});
