import type { AuditEntry, AuditRecord } from './audit-record.js';
import { ChainVerifier, GENESIS_HASH, link, type ChainFault } from './hash-chain.js';

const entry = (action: string): AuditEntry => ({
  action,
  actor: { type: 'person', id: 'jo' },
  target: { type: 'alert', id: 'a-1' },
  outcome: 'success',
  correlation_id: 'req-1',
});

function chain(length: number): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (let i = 1; i <= length; i++) {
    const last = records.at(-1);
    const head = last ? { index: last.index, hash: last.hash } : { index: 0, hash: GENESIS_HASH };
    records.push(link(head, 'acme-corp', `2026-11-21T10:00:0${i % 10}.000Z`, entry(`step.${i}`)));
  }
  return records;
}

function verify(records: readonly AuditRecord[]): ChainFault | undefined {
  const verifier = new ChainVerifier('acme-corp');
  for (const record of records) {
    const fault = verifier.check(record);
    if (fault) return fault;
  }
  return undefined;
}

describe('the hash chain', () => {
  it('holds over untouched records', () => {
    expect(verify(chain(64))).toBeUndefined();
  });

  it('names the first bad record after every change, deletion, swap and insertion', () => {
    const good = chain(16);
    for (let at = 0; at < good.length; at++) {
      const record = good[at] as AuditRecord;
      for (const change of [{ action: 'x' }, { timestamp: '2000-01-01T00:00:00.000Z' }, { comments: 'added' }, { hash: 'f'.repeat(64) }]) {
        expect(verify(good.with(at, { ...record, ...change }))?.index).toBe(at + 1);
      }
      if (at < good.length - 1) {
        expect(verify(good.toSpliced(at, 1))?.index).toBe(at + 1);
        expect(verify(good.with(at, good[at + 1] as AuditRecord).with(at + 1, record))?.index).toBe(at + 1);
      }
      expect(verify(good.toSpliced(at, 0, record))?.index).toBe(at + 2);
    }
  });

  it('notices a record that was changed and hashed again, at the record after it', () => {
    const good = chain(8);
    const third = good[2] as AuditRecord;
    const { hash: _, prev_hash, index, timestamp, tenant_id, ...kept } = third;
    const forged = link({ index: index - 1, hash: prev_hash }, tenant_id, timestamp, { ...kept, outcome: 'refused' });
    expect(verify(good.with(2, forged))?.index).toBe(4);
  });
});
