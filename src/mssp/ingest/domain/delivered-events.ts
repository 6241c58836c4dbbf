import type { Delivery } from './event-subscription.js';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** An event of a message, and what it is called. */
export interface DeliveredEvent {
  readonly line: Buffer;
  /** The message's id and the event's place in it: the same whenever the message comes again. */
  readonly key: string;
}

/**
 * The events of a message: one JSON value, on as many lines as it likes, or one event a line. A message without events is one that cannot be read, so
 * that it is accounted for.
 */
export function eventsOf({ id, data }: Delivery): readonly DeliveredEvent[] {
  const lines = data.includes(LF) && !isOneValue(data) ? linesOf(data) : [onOneLine(data)];
  const named = lines.filter((line) => line.some((byte) => byte > SPACE));
  return (named.length === 0 ? [Buffer.from('null')] : named).map((line, at) => ({ line, key: `${id}/${at}` }));
}

function isOneValue(data: Buffer): boolean {
  try {
    JSON.parse(data.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function linesOf(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < data.length;) {
    const at = data.indexOf(LF, start);
    const end = at === -1 ? data.length : at;
    lines.push(data.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** Between the parts of a JSON value, a line's end is a blank like any other; within its texts there is none. */
function onOneLine(data: Buffer): Buffer {
  if (!data.includes(LF) && !data.includes(CR)) return data;
  return Buffer.from(data.map((byte) => (byte === LF || byte === CR ? SPACE : byte)));
}
