import type { EventIdentity } from '../../../../events/event-identity.js';
import type { Rows, Statement } from '../../../../platform/storage/postgres/scoped-session.js';
import type { MonthSeal } from '../month-seal.js';
import { asWritten, oldestIdentityMonth, repeatedIdentities, writtenForms, type WrittenStream } from '../written-identities.js';
import { insertRows } from './insert-rows.js';
import { fromMonthNumber, toMonthNumber } from './month-number.js';

/** Notes identities as stored, in the transaction that stores their events. Keys are sorted, as new ones lie together then. */
export function addIdentities(seal: MonthSeal, month: string, identities: readonly (EventIdentity | null)[]): readonly Statement[] {
  const rows = [...repeatedIdentities(identities).streams].flatMap(([stream, keys]) => {
    const written = asWritten(seal, stream, [...keys.keys()]);
    return isText(written) ? [...written.keys].sort().map((key) => ({ month: toMonthNumber(month), stream: written.stream, key })) : [];
  });
  return insertRows('event_identity', { month: 'bigint', stream: 'text', key: 'text' }, rows, 'ON CONFLICT DO NOTHING');
}

/** What is asked of the store to tell which identities of a list it has. */
export interface IdentityQuestion {
  /** What is known without asking: which came earlier in the same list. */
  readonly flags: boolean[];
  /** None where there is nothing to ask. */
  readonly statements: readonly Statement[];
  /** Positions of the stored identities, of the statement's rows. */
  readonly stored: (rows: Rows) => readonly number[];
}

/**
 * Asks which identities are stored in some months. Each is looked for by the index, whatever the planner thinks of the table.
 * @param months as `identityMonths` has them.
 */
export function askIdentities(seal: MonthSeal, identities: readonly (EventIdentity | null)[], months: readonly number[]): IdentityQuestion {
  const { flags, streams } = repeatedIdentities(identities);
  const asked: { readonly stream: string; readonly key: string; readonly position: number }[] = [];
  for (const [stream, keys] of streams) {
    const positions = [...keys.values()];
    for (const form of writtenForms(seal, { stream, keys: [...keys.keys()] }).filter(isText)) {
      for (const [at, key] of form.keys.entries()) asked.push({ stream: form.stream, key, position: positions[at] ?? -1 });
    }
  }
  const text = `SELECT asked.at FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (stream, key, at)
    CROSS JOIN LATERAL (SELECT 1 FROM event_identity AS known
      WHERE known.month = ANY ($3::bigint[]) AND known.stream = asked.stream AND known.key = asked.key LIMIT 1) AS found`;
  const values = [asked.map(({ stream }) => stream), asked.map(({ key }) => key), months];
  return {
    flags,
    statements: asked.length === 0 ? [] : [{ text, values }],
    stored: (rows) => rows.map((row) => asked[Number(row['at']) - 1]?.position ?? -1),
  };
}

/** Numbers of the months in which identities are looked for at a time, up to the newest in which there is a chunk. */
export function identityMonths(now: number, newest = ''): readonly number[] {
  const months: number[] = [];
  for (let month = oldestIdentityMonth(now); month <= newest; month = nextMonth(month)) months.push(toMonthNumber(month));
  return months;
}

function nextMonth(month: string): string {
  const number = toMonthNumber(month);
  return fromMonthNumber(number % 100 === 12 ? number + 89 : number + 1);
}

/** PostgreSQL's texts have no NUL: what has one is never known again. */
function isText({ stream }: WrittenStream): boolean {
  return !stream.includes('\0');
}
