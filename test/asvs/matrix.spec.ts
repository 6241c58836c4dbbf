import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describeWithData } from '../support/conformance-data.js';

const STANDARD = 'security/asvs-5.0.0.csv';

interface Row {
  readonly id: string;
  readonly level: number;
  readonly state: string;
}

const rows = load(readFileSync('docs/asvs.yaml', 'utf8')) as Row[];

describe('docs/asvs.yaml', () => {
  it('AUTH-01 asvs-matrix-complete: a row for each requirement, no pass without a live test, every applicable one of levels 1 and 2 met', () => {
    const check = spawnSync(process.execPath, ['scripts/check-asvs.mjs'], { encoding: 'utf8' });
    expect(check.stderr).toBe('');
    expect(check.stdout).toContain('345 rows; 0 faults');
    const count = (level: number, state: string): number => rows.filter((row) => row.level === level && row.state === state).length;
    expect([count(1, 'gap'), count(2, 'gap')]).toEqual([0, 0]);
    expect(count(1, 'pass') + count(2, 'pass')).toBeGreaterThanOrEqual(147);
    expect(count(3, 'pass')).toBeGreaterThanOrEqual(34);
  });

  describeWithData('and the standard', [STANDARD], (data) => {
    it('AUTH-01 have the same ids and levels', () => {
      const written = readFileSync(join(data, STANDARD), 'utf8').matchAll(/^V\d+,[^\n]*?,(V\d+\.\d+\.\d+),[\s\S]*?,([123])\r?$/gm);
      const standard = [...written].map(([, id, level]) => `${id} ${level}`);
      expect(standard).toHaveLength(345);
      expect(rows.map(({ id, level }) => `${id} ${level}`).toSorted()).toEqual(standard.toSorted());
    });
  });
});
