/** What the main thread asks of the SQLite thread. `handle` names an open file. */
export type SqliteRequest =
  | { readonly id: number; readonly op: 'open'; readonly handle: number; readonly file: string }
  | { readonly id: number; readonly op: 'close'; readonly handle: number }
  | { readonly id: number; readonly op: 'query'; readonly handle: number; readonly sql: string; readonly parameters: readonly unknown[] };

export interface SqliteReply {
  readonly id: number;
  readonly rows: unknown[];
  readonly changes?: bigint;
  readonly insertId?: bigint;
  readonly error?: { readonly message: string; readonly code: number };
}
