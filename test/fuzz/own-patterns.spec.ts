import { readFileSync } from 'node:fs';
import { checkSync } from 'recheck';
import { sourcePatterns, type SourcePattern } from '../support/source-patterns.js';

/** Patterns that recheck has proved safe, at leisure (`test/long/own-patterns.spec.ts` proves it again); what is not among them is looked at here. */
const SAFE: ReadonlySet<string> = new Set(JSON.parse(readFileSync('test/support/safe-patterns.json', 'utf8')) as string[]);

/** Where texts are cut before they come to a pattern, and how long they are then. */
const LONGEST_TEXT: readonly (readonly [file: RegExp, characters: number])[] = [
  [/^src\/events\/formats\/(?:linux-auth|linux-auth-message|syslog-header)\.ts$/, 2_048],
  [/^src\/platform\/http\/|^src\/cli\/|^src\/mssp\/(?:tenants|cases)\//, 16 * 1024],
];
const LONGEST = 50_000;

const PUMPS = [
  'a',
  '0',
  ' ',
  '-',
  '.',
  ':',
  '/',
  '\\',
  '"',
  '#',
  '{',
  'a.',
  'a-',
  'a ',
  'a:',
  'e:',
  '\t#',
  '- ',
  'COMMAND=e',
  'rhost=',
  ' ; ',
  'eyJaaaaaaaa',
];
const ENDS = ['!', '\n'];

const textOf = ({ source, flags }: SourcePattern): string => `/${source}/${flags}`;
const longestOf = (file: string): number => LONGEST_TEXT.find(([files]) => files.test(file))?.[1] ?? LONGEST;

/** Texts that make a pattern go back: its own words, over and over, and an end that does not fit. */
function* adversaries({ source }: SourcePattern, length: number): Generator<string> {
  const words = [...source.matchAll(/[A-Za-z=;: ]{2,}/g)].map(([word]) => word).slice(0, 4);
  for (const head of ['', ...words.slice(0, 1)]) {
    for (const pump of [...PUMPS, ...words]) {
      for (const end of ENDS) yield (head + pump.repeat(Math.ceil(length / pump.length))).slice(0, length - 1) + end;
    }
  }
}

describe('our own regular expressions', () => {
  const unproved = sourcePatterns().filter((pattern) => !SAFE.has(textOf(pattern)));

  it('HOS-04 are proved safe by recheck, or take no more than 50 ms for the longest text that reaches them', () => {
    const slow: string[] = [];
    for (const pattern of unproved) {
      const expression = new RegExp(pattern.source, pattern.flags.replace('g', ''));
      const length = longestOf(pattern.file);
      const found = checkSync(pattern.source, pattern.flags, { checker: 'automaton', timeout: 100 });
      const attack = found.status === 'vulnerable' ? [found.attack.string.slice(0, length)] : [];
      for (const text of [...attack, ...adversaries(pattern, length)]) {
        const took = (): number => {
          const started = performance.now();
          expression.test(text);
          return performance.now() - started;
        };
        if (took() > 50 && took() > 50 && took() > 50) {
          slow.push(`${pattern.file} ${textOf(pattern)} on ${JSON.stringify(text.slice(0, 40))}`);
          break;
        }
      }
    }
    process.stdout.write(`${SAFE.size} patterns proved safe, ${unproved.length} measured\n`);
    expect(slow).toEqual([]);
  });

  it('HOS-04 are found slow by this where they are', () => {
    const bad: SourcePattern = { source: '^(a+)+$', flags: '', file: 'src/x.ts' };
    expect(checkSync(bad.source, '', { checker: 'automaton', timeout: 2_000 }).status).toBe('vulnerable');
    const quadratic = /\s+$/;
    const times = [...adversaries({ source: '\\s+$', flags: '', file: 'src/x.ts' }, LONGEST)].map((text) => {
      const started = performance.now();
      quadratic.test(text);
      return performance.now() - started;
    });
    expect(Math.max(...times)).toBeGreaterThan(50);
  });
});
