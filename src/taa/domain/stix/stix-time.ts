const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?Z$/;
const NANO_DIGITS = 9;
const NANOS_IN_MS = 1_000_000n;

/** Nanoseconds since the epoch of a STIX timestamp (section 2.16), further digits dropped; `undefined` where the text is none. */
export function parseStixTime(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const fraction = (match[7] ?? '').slice(0, NANO_DIGITS).padEnd(NANO_DIGITS, '0');
  return BigInt(date.setUTCHours(hour, minute, second)) * NANOS_IN_MS + BigInt(fraction);
}
