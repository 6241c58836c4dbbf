import { NOT_LIVE, type LivenessFinding, type NotLive } from './judge-canaries.js';

/** A rule that is not live in a tenant. Times are milliseconds since the epoch. */
export interface DeadRule extends LivenessFinding {
  readonly since: number;
  /** When it was last found live; null where it never was. */
  readonly lastLiveAt: number | null;
}

/** What is known of the rules of one tenant: a rule with samples that is not among `dead` was live at `checkedAt`. */
export interface TenantLiveness {
  readonly checkedAt: number;
  readonly dead: ReadonlyMap<string, DeadRule>;
}

/** What a check has changed. */
export interface LivenessChange {
  readonly now: TenantLiveness;
  /** Rules that have stopped being live, or are found silent or noisy by the first check. */
  readonly stopped: readonly (readonly [rule: string, state: NotLive])[];
  /** Rules that are live again. */
  readonly revived: readonly string[];
}

/** Takes up what a check has found. @param at when the check was made. */
export function takeFindings(before: TenantLiveness | undefined, found: ReadonlyMap<string, LivenessFinding>, at: number): LivenessChange {
  const dead = new Map<string, DeadRule>();
  const stopped: [string, NotLive][] = [];
  for (const [rule, finding] of found) {
    const known = before?.dead.get(rule);
    const lastLiveAt = known ? known.lastLiveAt : (before?.checkedAt ?? null);
    dead.set(rule, { ...finding, since: known?.state === finding.state ? known.since : at, lastLiveAt });
    if (isNews(before, known, finding.state)) stopped.push([rule, finding.state]);
  }
  const revived = [...(before?.dead.keys() ?? [])].filter((rule) => !found.has(rule));
  return { now: { checkedAt: at, dead }, stopped, revived };
}

/** A tenant's own filters are its own doing: what they take away from the beginning is no news. */
function isNews(before: TenantLiveness | undefined, known: DeadRule | undefined, state: NotLive): boolean {
  if (known) return known.state === 'filtered' && state !== 'filtered';
  return before !== undefined || state !== 'filtered';
}

/** How many rules are not live, by how. */
export function countDead({ dead }: TenantLiveness): Readonly<Record<NotLive, number>> {
  const counts = Object.fromEntries(NOT_LIVE.map((state) => [state, 0])) as Record<NotLive, number>;
  for (const { state } of dead.values()) counts[state] += 1;
  return counts;
}
