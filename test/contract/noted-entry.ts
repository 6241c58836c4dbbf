import type { AuditEntry } from '../../src/platform/audit/audit-record.js';

/** Something to write down, told apart by an id. */
export function notedEntry(id: string): AuditEntry {
  return {
    action: 'test.noted',
    actor: { type: 'system', id: 'test' },
    target: { type: 'test', id },
    outcome: 'success',
    correlation_id: 'req-1',
  };
}
