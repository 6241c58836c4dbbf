import { readFileSync } from 'node:fs';
import { checkSync } from 'recheck';
import { sourcePatterns, type SourcePattern } from '../support/source-patterns.js';

const SAFE: ReadonlySet<string> = new Set(JSON.parse(readFileSync('test/support/safe-patterns.json', 'utf8')) as string[]);
const TIMEOUT_MS = 30_000;
const SEEDS = [1, 2, 3];

const textOf = ({ source, flags }: SourcePattern): string => `/${source}/${flags}`;

describe('our own regular expressions, at length', () => {
  const patterns = sourcePatterns();

  it('HOS-04 every pattern that is listed as safe is proved safe by recheck again', () => {
    const listed = patterns.filter((pattern) => SAFE.has(textOf(pattern)));
    expect(listed.length).toBeGreaterThan(100);
    const wrong = listed.filter(({ source, flags }) => checkSync(source, flags, { timeout: TIMEOUT_MS }).status !== 'safe');
    expect(wrong).toEqual([]);
  }, 3_600_000);

  it('HOS-04 recheck finds an attack on no pattern at all, searching from three seeds where it cannot prove', () => {
    const found = patterns.flatMap((pattern) =>
      SEEDS.map((randomSeed) => checkSync(pattern.source, pattern.flags, { timeout: TIMEOUT_MS, randomSeed }))
        .filter(({ status }) => status !== 'safe')
        .map(({ status }) => `${pattern.file} ${textOf(pattern)}: ${status}`),
    );
    process.stdout.write(`${patterns.length} patterns, ${SAFE.size} listed as proved, ${found.length} findings\n`);
    expect(found).toEqual([]);
  }, 3_600_000);
});
