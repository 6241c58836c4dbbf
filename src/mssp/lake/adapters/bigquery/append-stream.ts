import type { Duplex } from 'node:stream';
import { BigQueryFault, grpcFault } from './bigquery-fault.js';

/** What the server says to one append. */
export interface AppendAnswer {
  readonly error?: { readonly code?: number | null; readonly message?: string | null } | null;
  readonly rowErrors?: readonly { readonly index?: unknown; readonly code?: unknown }[] | null;
}

/** The call under way. */
export type AppendCall = Duplex & { cancel(): void };

interface Pending {
  readonly resolve: () => void;
  readonly reject: (fault: BigQueryFault) => void;
}

/**
 * One stream of appends to one table. Answers come in the order of appends, and nothing else ties them together: whatever ends the stream ends it for
 * all that wait, and it is never opened again, or an answer could be taken for that to another append.
 */
export class AppendStream {
  private readonly pending: Pending[] = [];
  private fault: BigQueryFault | undefined;
  private isRetired = false;

  constructor(private readonly call: AppendCall) {
    call.on('data', (answer: AppendAnswer) => this.take(answer));
    call.on('error', (error: { readonly code?: unknown; readonly message?: unknown }) => this.end(grpcFault(error.code, error.message)));
    for (const event of ['end', 'close']) call.on(event, () => this.end(new BigQueryFault('passing', 'the stream of appends has ended')));
  }

  /** Whether it takes appends. */
  get isOpen(): boolean {
    return !this.fault && !this.isRetired;
  }

  /** Resolves once the server says that all rows are written. @param signal ends the stream too, as nobody can tell what became of the append */
  append(request: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> {
    const giveUp = (): void => this.end(new BigQueryFault('passing', 'an append is not answered in time'));
    return new Promise<void>((resolve, reject) => {
      if (this.fault) return reject(this.fault);
      this.pending.push({ resolve, reject });
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      this.call.write(request);
    }).finally(() => signal.removeEventListener('abort', giveUp));
  }

  /** Ends it as soon as all appends are answered. */
  retire(): void {
    this.isRetired = true;
    if (this.pending.length === 0) this.end(new BigQueryFault('passing', 'the stream of appends is closed'));
  }

  private take({ error, rowErrors }: AppendAnswer): void {
    const next = this.pending.shift();
    const [row] = rowErrors ?? [];
    if (row)
      next?.reject(
        new BigQueryFault(
          'refused',
          `${rowErrors?.length} rows were not written; the first, ${String(row.index)}: code ${String(row.code)}`,
        ),
      );
    else if (error && (error.code ?? 0) !== 0) next?.reject(grpcFault(error.code, error.message));
    else next?.resolve();
    if (this.isRetired) this.retire();
  }

  private end(fault: BigQueryFault): void {
    if (this.fault) return;
    this.fault = fault;
    this.call.cancel();
    for (const { reject } of this.pending.splice(0)) reject(fault);
  }
}
