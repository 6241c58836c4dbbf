import { clockTime, parseTime, utcTime } from '../parse-time.js';

/** What stands before the message of a syslog line. */
export interface SyslogLine {
  /** Milliseconds since the epoch; `NaN` where the line has no time that can be understood. */
  readonly time: number;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly pid: string | undefined;
  readonly message: string;
}

const DAY = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const RFC_5424 = /^<\d{1,3}>1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) \S{1,32} (.*)$/s;
const RFC_3164 = /^(?:<\d{1,3}>)?(?:\w{3} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d)(?:\.\d{1,9})? (.*)$/s;
const ISO_STAMPED = /^(?:<\d{1,3}>)?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) (.*)$/s;
const TAGGED = /^\[?([A-Za-z][\w./@-]{0,63})\]?(?:\([\w:.-]{1,48}\))?(?:\[(\d{1,10})\])?: ?(?:\[ID \d{1,8} [\w.]{1,32}\] )?(.*)$/s;

/**
 * Takes a syslog line apart: RFC 5424, RFC 3164 (whose time has no year and no zone: taken as UTC, in the last year in
 * which it is not after the arrival), ISO time stamps in front, or a bare message with or without a program tag.
 * @param line one line, already bounded in length
 */
export function readSyslogLine(line: string, receivedAt: number): SyslogLine {
  const modern = RFC_5424.exec(line);
  const message = modern === null ? undefined : messageBehind(modern[5] ?? '');
  if (modern !== null && message !== undefined) {
    const [, time, host, program, pid] = modern;
    return { time: parseTime(time), host: said(host), program: said(program), pid: said(pid), message: message.replace(/^\uFEFF/, '') };
  }
  const classic = RFC_3164.exec(line);
  if (classic !== null) {
    const [, month = '', day = '', year, clock = '', rest = ''] = classic;
    return tagged(rest, classicTime({ month, day, year }, clock, receivedAt));
  }
  const stamped = ISO_STAMPED.exec(line);
  return stamped === null ? tagged(line, Number.NaN, false) : tagged(stamped[2] ?? '', parseTime(stamped[1]));
}

/** What follows structured data, `-` or elements in brackets, in which `\\]` closes nothing; `undefined` where there is none (RFC 5424 §6.3). */
function messageBehind(text: string): string | undefined {
  if (text === '-' || text.startsWith('- ')) return text.slice(2);
  if (!text.startsWith('[')) return undefined;
  for (let end = text.indexOf(']', 2); end > 0; end = text.indexOf(']', end + 1)) {
    const isEnd = text[end - 1] !== '\\' && (end + 1 === text.length || text[end + 1] === ' ');
    if (isEnd) return text.slice(end + 2);
  }
  return undefined;
}

/** Reads `host program[pid]: message`. */
function tagged(rest: string, time: number, hasHost = true): SyslogLine {
  const space = rest.indexOf(' ');
  const first = rest.slice(0, space);
  const isHost = hasHost && space > 0 && !first.endsWith(':') && !first.endsWith(']') && /^[\w.:@-]{1,255}$/.test(first);
  const host = isHost ? first : undefined;
  const body = isHost ? rest.slice(space + 1) : rest;
  const tag = TAGGED.exec(body);
  return { time, host, program: tag?.[1], pid: tag?.[2], message: tag?.[3] ?? body };
}

function classicTime(date: { month: string; day: string; year: string | undefined }, clock: string, receivedAt: number): number {
  const month = MONTHS.indexOf(date.month) + 1;
  const day = Number(date.day);
  const midnight = clockTime(clock, 0);
  if (date.year !== undefined) return utcTime({ year: Number(date.year), month, day }, midnight);
  const latest = new Date(receivedAt + DAY).getUTCFullYear();
  // The 29th of February can be 8 years back.
  for (let year = latest; year >= latest - 8; year -= 1) {
    const time = utcTime({ year, month, day }, midnight);
    if (time <= receivedAt + DAY) return time;
  }
  return Number.NaN;
}

function said(value: string | undefined): string | undefined {
  return value === '-' ? undefined : value;
}
