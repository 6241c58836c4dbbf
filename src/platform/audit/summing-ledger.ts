import type { AuditEntry } from './audit-record.js';

/** A record as it is to be written, and into whose log. */
export interface LedgerEntry {
  /** A tenant id, or the platform's log. */
  readonly log: string;
  readonly entry: AuditEntry;
}

/** What bounds the records that are left. */
export interface LedgerLimits {
  /** Of one kind, from one address and actor: so many are written one by one in a window, the others as one record with their number. */
  readonly oneByOne: number;
  /** So many addresses and actors are told apart in one log in a window; what all others did is one record of each kind. */
  readonly groupsPerLog: number;
  readonly windowMs: number;
}

interface Group {
  readonly first: LedgerEntry;
  readonly since: number;
  /** How many there were. */
  total: number;
  last: LedgerEntry;
  lastAt: number;
  /** Of the numbers in the details of those that are not written one by one. */
  readonly sums: Record<string, number>;
}

/**
 * Turns what may happen very often into audit records without letting anybody fill the log: the first few of a kind, address and actor are written
 * one by one, those that follow within the window are counted and written as one, with the sums of the numbers in their details. Nothing is left
 * out of the counts.
 */
export class SummingLedger {
  private groups = new Map<string, Group>();
  private groupsOfLog = new Map<string, number>();
  private due: LedgerEntry[] = [];

  constructor(private readonly limits: LedgerLimits) {}

  get isEmpty(): boolean {
    return this.groups.size === 0 && this.due.length === 0;
  }

  /** @param now milliseconds since the epoch. */
  note(noted: LedgerEntry, now: number): void {
    const group = this.groupOf(noted, now);
    group.total += 1;
    group.last = noted;
    group.lastAt = now;
    if (group.total <= this.limits.oneByOne && group.first.entry.source_ip !== undefined) this.due.push(noted);
    else addNumbers(group.sums, noted.entry.details);
  }

  /** What is to be written now: single records, and those of the windows that have ended or that a clock set back would never end, or of all where `all` is set. */
  take(now: number, all = false): readonly LedgerEntry[] {
    const taken = this.due;
    this.due = [];
    for (const [key, group] of this.groups) {
      if (!all && now >= group.since && now - group.since < this.limits.windowMs) continue;
      this.groups.delete(key);
      const { log } = group.first;
      this.groupsOfLog.set(log, (this.groupsOfLog.get(log) ?? 1) - 1);
      if (this.groupsOfLog.get(log) === 0) this.groupsOfLog.delete(log);
      const counted = group.first.entry.source_ip === undefined ? group.total : group.total - this.limits.oneByOne;
      if (counted > 0) taken.push(summary(group, counted));
    }
    return taken;
  }

  private groupOf(noted: LedgerEntry, now: number): Group {
    const { log, entry } = noted;
    const own = JSON.stringify([log, entry.action, entry.source_ip, entry.actor.id]);
    const known = this.groups.get(own);
    if (known) return known;
    if ((this.groupsOfLog.get(log) ?? 0) < this.limits.groupsPerLog) return this.begin(own, noted, now);
    const others = JSON.stringify([log, entry.action]);
    return this.groups.get(others) ?? this.begin(others, { log, entry: withoutSource(entry) }, now);
  }

  private begin(key: string, first: LedgerEntry, now: number): Group {
    const group: Group = { first, since: now, total: 0, last: first, lastAt: now, sums: {} };
    this.groups.set(key, group);
    this.groupsOfLog.set(first.log, (this.groupsOfLog.get(first.log) ?? 0) + 1);
    return group;
  }
}

function summary({ first, since, last, lastAt, sums }: Group, counted: number): LedgerEntry {
  const { source_ip: source, actor } = first.entry;
  const details = {
    ...last.entry.details,
    ...sums,
    count: counted,
    from: new Date(since).toISOString(),
    to: new Date(lastAt).toISOString(),
  };
  const entry = { ...last.entry, actor, details };
  return { log: first.log, entry: source === undefined ? withoutSource(entry) : entry };
}

function addNumbers(sums: Record<string, number>, details: AuditEntry['details'] = {}): void {
  for (const [name, value] of Object.entries(details)) if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
}

/** Of many addresses and actors together. */
function withoutSource(entry: AuditEntry): AuditEntry {
  const { source_ip: _, ...rest } = entry;
  return { ...rest, actor: { type: 'anonymous', id: 'many' } };
}
