import { basename } from 'node:path';
import { currentSpan, type ActiveSpan } from '../observability/tracing/active-span.js';
import { spanTime } from '../observability/tracing/span-time.js';

/**
 * Makes spans of what is asked of a database file: one for a whole transaction, one for a statement outside of any. They tell which kind of file it
 * was and how many statements, and nothing of those.
 */
export class StatementSpans {
  private readonly namespace: string;
  private transaction: { readonly span: ActiveSpan; readonly began: number; statements: number } | undefined;

  constructor(file: string) {
    this.namespace = basename(file, '.db');
  }

  /** A transaction begins; the file is its own until it ends. */
  begin(): void {
    const span = currentSpan();
    this.transaction = span?.isRecorded ? { span, began: spanTime(), statements: 0 } : undefined;
  }

  end(outcome: 'commit' | 'rollback'): void {
    const { transaction } = this;
    this.transaction = undefined;
    if (!transaction) return;
    const { span, began, statements } = transaction;
    this.add(span, began, {
      name: 'sqlite transaction',
      attributes: { 'db.operation.batch.size': statements, 'gatra.db.outcome': outcome },
    });
  }

  async statement<T>(work: () => Promise<T>): Promise<T> {
    if (this.transaction) this.transaction.statements += 1;
    const span = this.transaction ? undefined : currentSpan();
    if (!span?.isRecorded) return work();
    const began = spanTime();
    try {
      return await work();
    } finally {
      this.add(span, began, { name: 'sqlite statement', attributes: {} });
    }
  }

  private add(span: ActiveSpan, began: number, { name, attributes }: { name: string; attributes: Record<string, string | number> }): void {
    span.add({
      name,
      began,
      ended: spanTime(),
      attributes: { 'db.system.name': 'sqlite', 'db.namespace': this.namespace, ...attributes },
    });
  }
}
