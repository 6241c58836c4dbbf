import type { EventFormat, SecurityEvent } from '../../contracts/security-event.js';
import { isJsonObject } from '../../events/json-object.js';
import { ipv4Number } from './lookup/ipv4-number.js';

/** Takes what a name was resolved to: an address, or the name that it is another name of. */
type TakeAnswer = (type: 'ip' | 'domain', value: string) => void;

/** Where events of a format keep what DNS answered: texts, or objects that hold the text; one or a list of them. */
const FIELDS: Readonly<Partial<Record<EventFormat, readonly string[]>>> = {
  windows: ['QueryResults'],
  sysmon: ['QueryResults'],
  zeek: ['answers'],
  suricata: ['dns.answers', 'dns.grouped.A', 'dns.grouped.AAAA', 'dns.grouped.CNAME', 'dns.rdata'],
  ecs: ['dns.answers', 'dns.resolved_ip'],
  ocsf: ['answers'],
  generic: ['answers', 'QueryResults', 'resolved_ip'],
};
const MEMBERS = ['data', 'rdata', 'Rdata'] as const;

const MOST_ANSWERS = 32;
const MAX_LENGTH = 4_096;
const MAPPED = '::ffff:';

/** Gives the addresses and names in an event's answers of DNS, the first 32 of them; of a text that holds several, those in its first 4,096 characters. */
export function eachAnswer(event: SecurityEvent, give: TakeAnswer): void {
  const names = FIELDS[event.format];
  if (names === undefined) return;
  let room = MOST_ANSWERS;
  for (const name of names) {
    const value = event.field(name);
    if (value === undefined) continue;
    if (!Array.isArray(value)) room = offer(value, room, give);
    else for (let at = 0; at < value.length && room > 0; at += 1) room = offer(value[at], room, give);
    if (room <= 0) return;
  }
}

/** @returns how many answers may still be given; a value that is none takes the place of one. */
function offer(value: unknown, room: number, give: TakeAnswer): number {
  if (typeof value === 'string') return offerText(value.slice(0, MAX_LENGTH), room, give);
  if (!isJsonObject(value)) return room - 1;
  const text = MEMBERS.map((name) => value[name]).find((each) => typeof each === 'string');
  return text === undefined ? room - 1 : offerText(text.slice(0, MAX_LENGTH), room, give);
}

/** Windows joins answers by semicolons, and writes `type:  5 name` where one is no address. */
function offerText(text: string, room: number, give: TakeAnswer): number {
  let left = room;
  for (let from = 0; from < text.length && left > 0; left -= 1) {
    const semicolon = text.indexOf(';', from);
    const end = semicolon === -1 ? text.length : semicolon;
    if (end > from) offerAnswer(text.slice(from, end), give);
    from = end + 1;
  }
  return text === '' ? left - 1 : left;
}

function offerAnswer(part: string, give: TakeAnswer): void {
  const answer = part.startsWith('type:') ? part.slice(part.lastIndexOf(' ') + 1) : part;
  if (answer.includes(' ')) return;
  const address = answer.startsWith(MAPPED) ? answer.slice(MAPPED.length) : answer;
  if (ipv4Number(address) !== -1) give('ip', address);
  else if (answer.includes(':')) give('ip', answer);
  else if (answer.includes('.')) give('domain', answer.endsWith('.') ? answer.slice(0, -1) : answer);
}
