/** Work that waits to be done. */
export interface Backlog {
  readonly items: number;
  /** Since when the oldest of it has been due, milliseconds since the epoch. */
  readonly dueSince: number;
}

/** Dead letters of one kind. */
export interface BuriedCount {
  readonly kind: string;
  readonly items: number;
  /** Milliseconds since the epoch: when the oldest became one. */
  readonly oldest: number;
}

/** Adds to what is known under a name. */
export function addBacklog(sums: Map<string, Backlog>, name: string, { items, dueSince }: Backlog): void {
  const sum = sums.get(name);
  const isFirst = sum === undefined || sum.items === 0;
  sums.set(name, { items: items + (sum?.items ?? 0), dueSince: isFirst ? dueSince : Math.min(sum.dueSince, dueSince) });
}

/** The backlogs of those that have the most; those of all others are one, under the name given. */
export function topBacklogs(all: ReadonlyMap<string, Backlog>, most: number, others: string): ReadonlyMap<string, Backlog> {
  const sorted = [...all].sort(([, a], [, b]) => b.items - a.items);
  const top = new Map(sorted.slice(0, most));
  for (const [, backlog] of sorted.slice(most)) addBacklog(top, others, backlog);
  return top;
}
