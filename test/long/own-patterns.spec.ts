import { readFileSync } from 'node:fs';
import { checkSync } from 'recheck';
import { sourcePatterns } from '../support/source-patterns.js';

const SAFE: ReadonlySet<string> = new Set(JSON.parse(readFileSync('test/support/safe-patterns.json', 'utf8')) as string[]);

describe('our own regular expressions, at length', () => {
  it('HOS-04 every pattern that is listed as safe is proved safe by recheck again', () => {
    const listed = sourcePatterns().filter(({ source, flags }) => SAFE.has(`/${source}/${flags}`));
    expect(listed.length).toBeGreaterThan(100);
    const wrong = listed.filter(({ source, flags }) => checkSync(source, flags, { timeout: 30_000 }).status !== 'safe');
    expect(wrong).toEqual([]);
  }, 3_600_000);
});
