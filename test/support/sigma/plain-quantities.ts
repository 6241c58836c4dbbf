import { BlockList, isIP } from 'node:net';

/** The number that a text stands for: decimal, or hexadecimal with `0x`. */
export function plainNumber(text: string): number | undefined {
  return /^\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0x[0-9a-f]+)\s*$/i.test(text) ? Number(text) : undefined;
}

/** One part, in UTC, of the time that a text stands for: ISO 8601 without a zone or with one, or seconds or milliseconds since the epoch. */
export function plainTimePart(text: string, part: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'): number | undefined {
  const time = plainTime(text);
  if (time === undefined) return undefined;
  const [year, month, day, hour, minute] = [
    time.getUTCFullYear(),
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
  ];
  return { year, month, day, hour, minute, week: plainWeek(time) }[part];
}

/** Tells whether a text is an address in a block; the system's own list of blocks decides. */
export function plainAddressIn(block: string, text: string): boolean {
  const [network = '', bits] = block.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  return isIP(text) !== 0 && list.check(text, isIP(text) === 6 ? 'ipv6' : 'ipv4');
}

function plainTime(text: string): Date | undefined {
  if (/^\d{10}$/.test(text)) return new Date(Number(text) * 1_000);
  if (/^\d{13}$/.test(text)) return new Date(Number(text));
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)) return undefined;
  return new Date(/T| /.test(text) && !/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? `${text.replace(' ', 'T')}Z` : text.replace(' ', 'T'));
}

/** ISO 8601: the week of a day is that of its week's Thursday, counted in the Thursday's year. */
function plainWeek(time: Date): number {
  const thursday = new Date(time);
  thursday.setUTCDate(time.getUTCDate() + 4 - (time.getUTCDay() || 7));
  let week = 1;
  for (const day = new Date(thursday); day.setUTCDate(day.getUTCDate() - 7), day.getUTCFullYear() === thursday.getUTCFullYear();) week++;
  return week;
}
