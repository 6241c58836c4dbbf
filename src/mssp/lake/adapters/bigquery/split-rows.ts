import { LakeRefused } from '../../domain/event-lake.js';

/** What one request may hold. */
export interface RequestLimit {
  readonly bytes: number;
  readonly rows: number;
}

/** Divides encoded rows, in order, into requests. @throws LakeRefused where one row alone is too large. */
export function splitRows(rows: readonly Buffer[], { bytes, rows: most }: RequestLimit): readonly (readonly Buffer[])[] {
  const requests: Buffer[][] = [];
  let room = 0;
  for (const [position, row] of rows.entries()) {
    if (row.length > bytes) throw new LakeRefused(`row ${position} has ${row.length} bytes, and a request may have ${bytes}`);
    const last = requests.at(-1);
    if (last && row.length <= room && last.length < most) last.push(row);
    else {
      requests.push([row]);
      room = bytes;
    }
    room -= row.length;
  }
  return requests;
}
