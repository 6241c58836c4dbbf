import { currentSpan, type ActiveSpan } from '../observability/tracing/active-span.js';
import { spanTime } from '../observability/tracing/span-time.js';

/**
 * Makes spans of what is asked of a database: one for a whole transaction, one for a statement outside of any. They tell which store it
 * was and how many statements, and nothing of those.
 */
export class StatementSpans {
  private transaction: { readonly span: ActiveSpan; readonly began: number; statements: number } | undefined;

  /** @param store `platform` or `cases`. */
  constructor(
    private readonly system: 'sqlite' | 'postgresql',
    private readonly store: string,
  ) {}

  /** A transaction begins; the connection is its own until it ends. */
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
      name: `${this.system} transaction`,
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
      this.add(span, began, { name: `${this.system} statement`, attributes: {} });
    }
  }

  private add(span: ActiveSpan, began: number, { name, attributes }: { name: string; attributes: Record<string, string | number> }): void {
    span.add({
      name,
      began,
      ended: spanTime(),
      attributes: { 'db.system.name': this.system, 'db.namespace': this.store, ...attributes },
    });
  }
}
