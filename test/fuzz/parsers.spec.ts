import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import { FUZZED } from '../support/fuzzed-parsers.js';
import { fuzz, MOST_MS, nearly } from '../support/parser-fuzz.js';

const RUNS = 4_000;
const RULE = `title: x
id: 5d1ad8d5-1f4f-4b9a-9c2b-0d5a3c1b2e4f
status: test
logsource: { category: process_creation, product: windows }
detection:
  selection:
    Image|endswith: ['\\a.exe', '\\b.exe']
    CommandLine|re: '(?i)a+b'
    SourceIp|cidr: 10.0.0.0/8
  filter: { User: root }
  condition: selection and not 1 of filter*
level: high
`;

describe('parsers of what comes from outside', () => {
  it.each(FUZZED)(`HOS-09 $name: ${RUNS} texts, nothing thrown but the typed refusal, and none slow`, (parser) => {
    fuzz(parser, RUNS);
  });

  it('HOS-09 finds a parser that is slow, and one that throws what it may not', () => {
    const seeds = ['x'];
    const because = (message: string): Error =>
      expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringContaining(message) }) }) as Error;
    const slow = (): void => {
      for (const begun = process.threadCpuUsage(); process.threadCpuUsage(begun).user < 2_000 * MOST_MS;);
    };
    expect(() => fuzz({ name: 'slow', seeds, parse: slow }, 1)).toThrow(because('slow took'));
    expect(() => fuzz({ name: 'wrong', seeds, parse: () => JSON.parse('{') as unknown }, 1)).toThrow(because('wrong threw'));
  });

  it('HOS-09 Sigma rules: 1,000 files, each loaded or reported', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-fuzz-'));
    const texts = fc.sample(nearly([RULE, RULE.replace('condition: selection', 'condition: &a [*a]')]), 1_000);
    texts.forEach((text, at) => writeFileSync(join(directory, `${at}.yml`), text));
    const { rules, unsupported } = await new RuleFiles([directory]).load();
    rmSync(directory, { recursive: true, force: true });
    expect(rules.length + unsupported.length).toBeGreaterThan(500);
    expect(unsupported.length).toBeGreaterThan(0);
  });
});
