import type { JsonObject } from '../json-object.js';
import { recordType, systemCallName } from './auditd-names.js';

/** Where records begin; between the type and the stamp of time and serial number some writers leave `msg=` out. */
const HEAD = /type=(\w{1,32}) (?:msg=)?audit\((\d{1,12})\.(\d{1,9}):(\d{1,20})\): ?/;
const LONGEST_HEAD = 512;
/** Longest text that is read: the kernel's longest record is 8,970 characters, and records of one event may come together. */
const MAX_TEXT = 64 * 1024;
const MOST_RECORDS = 64;
const MOST_FIELDS = 1_024;

/** What a record's strings are called that are written in hexadecimal where they hold blanks, quotes or control characters. */
const ENCODED = new Set(['acct', 'cmd', 'comm', 'cwd', 'data', 'dir', 'exe', 'file', 'key', 'name', 'ocomm', 'path', 'proctitle']);
const ARGUMENT = /^a\d{1,5}(?:\[\d{1,5}\])?$/;
const HEXADECIMAL = /^(?:[0-9A-F]{2})+$/;
const GROUP_SEPARATOR = 0x1d;
const BETWEEN_KEYS = '\x01';

/** What lines of the Linux audit daemon tell. */
export interface AuditRecords {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly serial: string;
  /** The records' text, from the first one's type on. */
  readonly text: string;
  /** What stands before the first record: `node=…`, the header of syslog. */
  readonly before: string;
  /** By name as text, several values of a name as a list; without a prototype. */
  readonly fields: JsonObject;
}

/** Whether a text has a record of the audit daemon near its beginning: at the very beginning, or behind what passed it on has written. */
export function isAuditText(text: string, where: 'beginning' | 'anywhere'): boolean {
  const head = HEAD.exec(text.slice(0, LONGEST_HEAD));
  return head !== null && (where === 'anywhere' || head.index === 0 || text.startsWith('node='));
}

/**
 * Reads the records that a text holds, a line each; those of one event belong together, and the first one has time and serial number. Quoted values are taken as
 * they are, hexadecimal ones of names that may be encoded are decoded, and long arguments that are written in pieces are put together. What is beyond the bounds
 * (64 Ki characters, 64 records, 1,024 fields) is passed over.
 * @returns `undefined` where there is no record.
 */
export function readAuditRecords(written: string): AuditRecords | undefined {
  const text = written.slice(0, MAX_TEXT);
  const head = HEAD.exec(text.slice(0, LONGEST_HEAD));
  if (head === null) return undefined;
  const [, , seconds = '', decimals = '', serial = ''] = head;
  const fields = new FieldSheet();
  let line = head.index;
  for (let count = 0; line < text.length && count < MOST_RECORDS; count += 1) {
    const feed = text.indexOf('\n', line);
    const end = feed === -1 ? text.length : feed;
    readRecord(text.slice(line, end), fields);
    line = end + 1;
  }
  return {
    time: Number(seconds) * 1_000 + Number(decimals.slice(0, 3).padEnd(3, '0')),
    serial,
    text: text.slice(head.index),
    before: text.slice(0, head.index),
    fields: fields.byName,
  };
}

function readRecord(line: string, fields: FieldSheet): void {
  const head = HEAD.exec(line.slice(0, LONGEST_HEAD));
  if (head === null) return;
  const type = recordType(head[1] ?? '');
  fields.add('type', type);
  const ofRecord = new Map<string, string>();
  for (const [name, value, isQuoted] of new PairReader(line, head.index + head[0].length, line.length).pairs()) {
    if (fields.isFull) return;
    const said = isQuoted ? value : decoded(type, name, value);
    ofRecord.set(name, said);
    for (const each of name === 'key' ? said.split(BETWEEN_KEYS, MOST_RECORDS) : [said]) fields.add(name, each);
  }
  const call = systemCallName(ofRecord.get('arch') ?? '', ofRecord.get('syscall') ?? '');
  if (call !== undefined && !ofRecord.has('SYSCALL')) fields.add('SYSCALL', call);
}

/** Arguments are strings where a program is started, and numbers in other records. */
function decoded(type: string, name: string, value: string): string {
  if (!(ENCODED.has(name) || (type === 'EXECVE' && ARGUMENT.test(name))) || !HEXADECIMAL.test(value)) return value;
  const text = Buffer.from(value, 'hex').toString();
  return name === 'proctitle' ? text.replaceAll('\0', ' ') : text;
}

/** Fields by name, a bounded number of values in all. */
class FieldSheet {
  readonly byName = Object.create(null) as Record<string, string | string[]>;
  private count = 0;

  get isFull(): boolean {
    return this.count >= MOST_FIELDS;
  }

  /** Adds a value; a piece of an argument (`a1[2]`) goes on what is there of it. */
  add(name: string, value: string): void {
    if (this.isFull) return;
    this.count += 1;
    const bracket = name.indexOf('[');
    const known = this.byName[bracket === -1 ? name : name.slice(0, bracket)];
    if (bracket !== -1) this.byName[name.slice(0, bracket)] = (typeof known === 'string' ? known : '') + value;
    else if (known === undefined) this.byName[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else if (known !== value) this.byName[name] = [known, value];
  }
}

type Pair = readonly [name: string, value: string, isQuoted: boolean];

const BLANK = 0x20;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BRACE = 0x7b;
const LONGEST_NAME = 64;

/** Takes `name=value` after `name=value` from a part of a text, in one pass; words that are no such pair are passed over. */
class PairReader {
  constructor(
    private readonly text: string,
    private at: number,
    private readonly end: number,
  ) {}

  *pairs(isInside = false): Generator<Pair> {
    while (this.at < this.end) {
      const start = this.at;
      while (this.at < this.end && !this.isBetween() && this.text.charCodeAt(this.at) !== EQUALS) this.at += 1;
      const name = this.text.slice(start, this.at);
      const isPair = this.at < this.end && !this.isBetween() && name !== '' && name.length <= LONGEST_NAME;
      this.at += 1;
      if (!isPair) continue;
      if (!isInside && this.text.charCodeAt(this.at) === APOSTROPHE) yield* this.inner();
      else yield this.pair(name);
    }
  }

  private pair(name: string): Pair {
    const first = this.text.charCodeAt(this.at);
    const close = first === QUOTE ? '"' : first === BRACE ? '}' : undefined;
    const closing = close === undefined ? -1 : this.text.indexOf(close, this.at + 1);
    const start = this.at;
    if (closing !== -1 && closing < this.end) {
      this.at = closing + 1;
      return [name, this.text.slice(start + 1, closing), true];
    }
    while (this.at < this.end && !this.isBetween()) this.at += 1;
    return [name, this.text.slice(start, this.at), false];
  }

  /** What programs say is in apostrophes (`msg='op=login acct="root" …'`) and is made of such pairs itself; values in it may hold apostrophes. */
  private *inner(): Generator<Pair> {
    const closing = this.text.lastIndexOf("'", this.end - 1);
    const end = closing > this.at ? closing : this.end;
    const inside = new PairReader(this.text, this.at + 1, end);
    this.at = end + 1;
    yield* inside.pairs(true);
  }

  /** Whether this is between pairs: a blank, or what divides what the kernel wrote from what the daemon has added to it, such as names for numbers. */
  private isBetween(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code === BLANK || code === GROUP_SEPARATOR;
  }
}
