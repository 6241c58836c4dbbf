import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReadinessReport } from '../../src/cli/readiness/judge-claims.js';
import { readRows } from '../../src/cli/readiness/readiness-rows.js';
import { runGatra } from '../support/run-gatra.js';

const DOCUMENT = readFileSync('docs/readiness.md', 'utf8');

describe('gatra readiness', () => {
  const project = mkdtempSync(join(tmpdir(), 'gatra-readiness-'));
  beforeAll(() => {
    mkdirSync(join(project, 'docs'));
    for (const name of ['src', 'test']) symlinkSync(resolve(name), join(project, name));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const assess = async (
    document: string,
    ...words: string[]
  ): Promise<{ readonly code: number | null; readonly report: ReadinessReport }> => {
    writeFileSync(join(project, 'docs/readiness.md'), document);
    const { code, out } = await runGatra(['readiness', '--project', project, '--json', ...words], {});
    return { code, report: JSON.parse(out) as ReadinessReport };
  };

  it('R67 computes the score of this project: each claim from rows that there are, each point with its evidence', async () => {
    const { report } = await assess(DOCUMENT);
    const ids = readRows(DOCUMENT).map(({ id }) => id);
    expect(report.claims.flatMap(({ rows }) => rows).filter((id) => !id.includes('/') && !ids.includes(id))).toEqual([]);
    expect(report.claims.filter(({ because }) => because.length === 0)).toEqual([]);
    const given = report.claims.filter((claim) => claim.given).reduce((sum, { worth }) => sum + worth, 0);
    expect(Math.abs(report.score - given)).toBeLessThan(0.06);
    expect(report.claims.reduce((sum, { worth }) => sum + worth, 0)).toBeCloseTo(100);
    expect((await runGatra(['readiness'], {})).out).toContain(`${report.score.toFixed(1)} of 100, `);
  });

  it('R67 takes the points back where evidence is missing, and ends with 1 below the minimum', async () => {
    const { report: whole } = await assess(DOCUMENT);
    const without = DOCUMENT.replaceAll('`test/e2e/tls.spec.ts`', '`test/e2e/no-such.spec.ts`');
    const { code, report } = await assess(without, '--minimum', String(whole.score));
    expect(code).toBe(1);
    expect(report.score).toBeLessThan(whole.score);
    const claim = report.claims.find(({ rows }) => rows.includes('R17'));
    expect(claim).toMatchObject({ given: false, because: ['R17 points at test/e2e/no-such.spec.ts, which does not exist'] });
    const elsewhere = DOCUMENT.replaceAll('`test/e2e/tls.spec.ts`', '`test/e2e/cors.spec.ts`');
    expect((await assess(elsewhere)).report.score).toBe(report.score);
    expect((await assess(DOCUMENT, '--minimum', String(whole.score))).code).toBe(0);
  });

  it('R67 does not take a word for a proof', async () => {
    const { report: whole } = await assess(DOCUMENT);
    const open = DOCUMENT.replace(/^\| R40 (.*)\| done \| .* \|$/m, '| R40 $1| open |  |');
    const claimed = open.replace(/^\| R40 (.*)\| open \| {2}\|$/m, '| R40 $1| done |  |');
    expect(claimed).not.toBe(open);
    for (const document of [open, claimed]) expect((await assess(document)).report.score).toBeLessThan(whole.score);
  });
});
