import type { Attempt, Swap } from './attempt.js';

/** An answer to a request of the probe. */
export interface ProbeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What an attempt brought to light; the closed list of what can be wrong. */
export type Fault = 'answered' | 'leaked' | 'told_apart' | 'replayed' | 'changed' | 'failed' | 'not_tried';

const CHANGING = /^(date|etag|retry-after|connection|keep-alive|(x-)?ratelimit.*)$/;

/** What is wrong with the answers to an attempt. `canaries` are texts that only the owner may see. */
export function judge(
  attempt: Attempt,
  answer: ProbeAnswer,
  twin: ProbeAnswer | undefined,
  canaries: readonly string[],
): readonly { readonly fault: Fault; readonly detail: string }[] {
  const faults: { fault: Fault; detail: string }[] = [];
  const leaked = leakedIn(answer, attempt.swaps, canaries);
  if (leaked.length > 0) faults.push({ fault: 'leaked', detail: `status ${answer.status} with ${leaked.slice(0, 3).join(', ')}` });
  if (answer.status >= 500) faults.push({ fault: 'failed', detail: `status ${answer.status}` });
  if (!isAccepted(attempt, answer)) faults.push({ fault: 'answered', detail: `status ${answer.status}` });
  const difference = twin && attempt.accepts !== 'own' ? differenceOf(answer, twin, attempt.swaps) : undefined;
  if (difference !== undefined) faults.push({ fault: 'told_apart', detail: difference });
  return faults;
}

/** The canaries in an answer, but for those that the request itself held. */
export function leakedIn(answer: ProbeAnswer, sent: readonly Swap[], canaries: readonly string[]): readonly string[] {
  const text = sent.reduce((rest, { foreign }) => without(rest, foreign), `${answer.text}\n${JSON.stringify(answer.headers)}`);
  return canaries.filter((canary) => text.includes(canary));
}

function isAccepted({ accepts, operation }: Attempt, { status, text }: ProbeAnswer): boolean {
  switch (accepts) {
    case 'refusal':
      return status === 403 || status === 404 || (status === 401 && operation.permission === undefined);
    case 'nothing':
      return status >= 400 || !showsItems(text);
    case 'own':
      return true;
  }
}

function showsItems(text: string): boolean {
  try {
    const { items } = JSON.parse(text) as { items?: unknown };
    return Array.isArray(items) && items.length > 0;
  } catch {
    return false;
  }
}

function differenceOf(answer: ProbeAnswer, twin: ProbeAnswer, swaps: readonly Swap[]): string | undefined {
  if (answer.status !== twin.status) return `status ${answer.status}, and ${twin.status} for what is missing`;
  const bare = (text: string, side: keyof Swap): string => swaps.reduce((rest, swap) => without(rest, swap[side]), text);
  if (bare(answer.text, 'foreign') !== bare(twin.text, 'missing')) return 'another body than for what is missing';
  const headers = (of: ProbeAnswer, side: keyof Swap): string =>
    Object.entries(of.headers)
      .map(([name, value]) => (CHANGING.test(name) ? name : `${name}: ${bare(value, side)}`))
      .sort((a, b) => (a < b ? -1 : 1))
      .join('\n');
  return headers(answer, 'foreign') === headers(twin, 'missing') ? undefined : 'other headers than for what is missing';
}

function without(text: string, value: string): string {
  return value === '' ? text : text.replaceAll(encodeURIComponent(value), '<id>').replaceAll(value, '<id>');
}
