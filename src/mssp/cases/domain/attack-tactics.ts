/**
 * ATT&CK enterprise tactics by short name, in the order of the kill chain. Version 19 split `defense-evasion` into `stealth` and
 * `defense-impairment`; rules name either.
 */
export const KILL_CHAIN = [
  'reconnaissance',
  'resource-development',
  'initial-access',
  'execution',
  'persistence',
  'privilege-escalation',
  'defense-evasion',
  'stealth',
  'defense-impairment',
  'credential-access',
  'discovery',
  'lateral-movement',
  'collection',
  'command-and-control',
  'exfiltration',
  'impact',
] as const;

const RANK: ReadonlyMap<string, number> = new Map(KILL_CHAIN.map((tactic, rank) => [tactic, rank]));

/** Tactics in kill-chain order; names that ATT&CK does not have come last, by name. */
export function inKillChainOrder(tactics: Iterable<string>): readonly string[] {
  return [...new Set(tactics)].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
}

/** The tactic of those given that is furthest along the kill chain. */
export function furthestTactic(tactics: Iterable<string>): string | undefined {
  return inKillChainOrder(tactics).findLast((tactic) => RANK.has(tactic));
}

/**
 * How many steps along the kill chain were taken in its order: the longest run of tactics, each further along and first seen no earlier than
 * the one before.
 * @param firstSeen when each tactic was first seen, in milliseconds since the epoch.
 */
export function stepsInOrder(firstSeen: ReadonlyMap<string, number>): number {
  const seen = [...firstSeen].filter(([tactic]) => RANK.has(tactic)).sort(([a], [b]) => rankOf(a) - rankOf(b));
  const longest: number[] = [];
  for (const [, time] of seen) {
    longest.push(1 + Math.max(0, ...longest.filter((_, earlier) => (seen[earlier]?.[1] ?? Infinity) <= time)));
  }
  return Math.max(0, ...longest);
}

function rankOf(tactic: string): number {
  return RANK.get(tactic) ?? KILL_CHAIN.length;
}
