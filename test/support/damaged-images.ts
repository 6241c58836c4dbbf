import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CLOSED, type DamagedEvents, LEFT_OPEN } from './damaged-events.js';

const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** Bytes of a row that lie before and behind what it is found by. */
const AROUND = { batch: [24, 150], chunk: [12, 28] } as const;

/** One way of damaging a copy, and what it is called. */
export interface Image {
  readonly name: string;
  readonly damage: (dataDir: string) => void;
}

/** The log cut off behind each byte of its last `count` transactions. */
export function tornLogs(events: DamagedEvents, count: number): Image[] {
  const log = readFileSync(events.fileOf(LEFT_OPEN, 'db-wal'));
  const frame = FRAME_HEADER + log.readUInt32BE(8);
  const ends: number[] = [];
  for (let at = WAL_HEADER; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) !== 0) ends.push(at + frame);
  const [first = WAL_HEADER] = ends.slice(-count - 1);
  return torn(events, LEFT_OPEN, 'db-wal', first, ends.at(-1) ?? first);
}

/** The closed file cut off behind each of its last `bytes` bytes. */
export function tornFiles(events: DamagedEvents, bytes: number): Image[] {
  const { length } = readFileSync(events.fileOf(CLOSED));
  return torn(events, CLOSED, 'db', length - bytes, length);
}

/** A file in which each bit of all that two chunks consist of is flipped: their blocks, and their rows of `chunk` and `batch`. */
export function flippedRecords(events: DamagedEvents, month: string, ending: 'db' | 'db-wal'): Image[] {
  const bytes = readFileSync(events.fileOf(month, ending));
  const places = [2, 3].flatMap((sequence) => placesOf(events.fileOf(month), sequence, bytes));
  return places.flatMap(([from, to]) =>
    Array.from({ length: (to - from) * 8 }, (_, bit) => flipped(events, month, ending, from + (bit >> 3), bit & 7)),
  );
}

/** A file with one of its bits flipped. */
export function flipped(events: DamagedEvents, month: string, ending: 'db' | 'db-wal' | 'mark', at: number, bit: number): Image {
  const damage = (dataDir: string): void => {
    const file = events.fileOf(month, ending, dataDir);
    const bytes = readFileSync(file);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    writeFileSync(file, bytes);
  };
  return { name: `bit ${bit} of byte ${at} of ${month}.${ending}`, damage };
}

/** Damages a copy in every way that is given; answers what was not as it has to be. */
export async function faultsOf(events: DamagedEvents, images: readonly Image[], longestMs: number): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, damage } of images) {
    const { found, lost, faults: seen, ms } = await events.after(damage);
    if (found + lost !== events.count) faults.push(`${name}: ${found} there, ${lost} said to be lost`);
    if (ms > longestMs) faults.push(`${name}: ${ms.toFixed(0)} ms`);
    faults.push(...seen.map((fault) => `${name}: ${fault}`));
  }
  return faults;
}

function torn(events: DamagedEvents, month: string, ending: 'db' | 'db-wal', from: number, to: number): Image[] {
  return Array.from({ length: to - from }, (_, at) => ({
    name: `${month}.${ending} cut off at ${from + at}`,
    damage: (dataDir) => truncateSync(events.fileOf(month, ending, dataDir), from + at),
  }));
}

/** Where the parts of a chunk lie in a file: from, to. */
function placesOf(file: string, sequence: number, bytes: Buffer): (readonly [number, number])[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const chunk = db.prepare('SELECT first_time, body, batch_id FROM chunk JOIN block USING (sequence) JOIN batch ON chunk = sequence');
  const row = chunk.all().at(sequence - 1) ?? {};
  db.close();
  const time = Buffer.alloc(6);
  time.writeUIntBE(Number(row['first_time']), 0, 6);
  const body = Buffer.from(row['body'] as Uint8Array);
  const around = (kept: Buffer, [before, behind]: readonly [number, number]): readonly [number, number] => {
    const at = bytes.lastIndexOf(kept);
    return [at - before, at + behind];
  };
  return [around(body, [8, body.length]), around(Buffer.from(String(row['batch_id'])), AROUND.batch), around(time, AROUND.chunk)];
}
