import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EventFile } from './event-file.js';
import { oldestWalked, withTerms, writeTerms } from './term-index.js';

describe('the terms of chunks', () => {
  let directory: string;
  let file: EventFile;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-terms-'));
    file = new EventFile(join(directory, 'events.db'), '2026-03');
  });
  afterEach(() => {
    file.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function write(chunks: ReadonlyMap<number, readonly string[]>): void {
    file.transaction(() => {
      for (const [sequence, terms] of chunks) {
        file.run('INSERT INTO chunk (sequence, first_time, last_time, records, bytes) VALUES (?, 0, 0, 1, 1)', sequence);
        writeTerms(file, terms, sequence);
      }
    });
  }

  function found(terms: readonly string[], newest: number): number[] {
    const { where, values } = withTerms(terms, newest, file.seal);
    const rows = file.all(`SELECT sequence FROM chunk WHERE sequence <= ? AND ${where} ORDER BY sequence`, newest, ...values);
    return rows.map((row) => Number(row['sequence']));
  }

  it('lead to the chunks that hold all of them', () => {
    const term = fc.constantFrom('host:a', 'host:b', 'user:c', 'process:d');
    const someChunks = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.array(term)), { selector: ([sequence]) => sequence });
    fc.assert(
      fc.property(someChunks, fc.array(term, { minLength: 1 }), fc.integer({ min: 0, max: 300 }), (list, wanted, newest) => {
        const chunks = new Map(list);
        file.transaction(() => {
          file.run('DELETE FROM chunk');
          file.run('DELETE FROM term');
        });
        write(chunks);
        const expected = [...chunks].filter(([sequence, terms]) => sequence <= newest && wanted.every((one) => terms.includes(one)));
        expect(found(wanted, newest)).toEqual(expected.map(([sequence]) => sequence).sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('may be added to a chunk later', () => {
    write(new Map([[47, ['host:a']]]));
    file.transaction(() => writeTerms(file, ['rule:x', 'host:a'], 47));
    expect(found(['rule:x', 'host:a'], 47)).toEqual([47]);
  });

  it('are looked up in a bounded stretch at a time, which adjoins the next', () => {
    const newest = 1_000_000;
    const oldest = oldestWalked(newest);
    write(new Map([oldest - 1, oldest, newest].map((sequence) => [sequence, ['host:a']])));
    expect(found(['host:a'], newest)).toEqual([oldest, newest]);
    expect(found(['host:a'], oldest - 1)).toEqual([oldest - 1]);
    expect(oldestWalked(oldest - 1)).toBeLessThan(oldest);
  });
});
