import type { EventOrigin, SecurityEvent } from '../../../contracts/security-event.js';
import { acceptsOrigin } from './logsource-routing.js';
import { type GroupRule, RuleGroup } from './rule-group.js';
import type { SigmaRule } from './sigma-rule.js';
import { collectEventIds, settleEventId } from './specialise.js';
import { CacheBudget } from './value-cache.js';

export interface SigmaEngineOptions {
  /** Bounds the memory for remembered field values. Default 32 MiB. */
  readonly cache?: CacheBudget;
  /** How many origins of events are remembered with their rules. */
  readonly origins?: number;
}

interface Source {
  /** All have the same log source. */
  readonly rules: [SigmaRule, ...SigmaRule[]];
  readonly eventIds: Set<string>;
}

const MAX_KNOWN_ORIGINS = 4_096;

/**
 * Matches events against Sigma rules. Rules are grouped by what their log sources mean for an event's origin, and a group is compiled
 * when the first event of its kind arrives. An engine is used by one thread.
 */
export class SigmaEngine {
  private readonly sources: readonly Source[];
  private readonly budget: CacheBudget;
  private readonly mostOrigins: number;
  private readonly groups = new Map<string, RuleGroup>();
  private readonly byOrigin = new Map<string, RuleGroup>();

  constructor(rules: readonly SigmaRule[], options: SigmaEngineOptions = {}) {
    this.budget = options.cache ?? new CacheBudget();
    this.mostOrigins = options.origins ?? MAX_KNOWN_ORIGINS;
    this.sources = groupBySource(rules);
  }

  /** The rules that an event matches, in order of rule id. */
  match(event: SecurityEvent): readonly SigmaRule[] {
    return this.groupOf(event.origin).match(event);
  }

  private groupOf(origin: EventOrigin): RuleGroup {
    const known = this.byOrigin.get(origin.key);
    if (known !== undefined) return known;
    const group = this.route(origin);
    if (this.byOrigin.size >= this.mostOrigins) this.byOrigin.clear();
    this.byOrigin.set(origin.key, group);
    return group;
  }

  /** Origins that the same log sources accept, and whose event id means the same to their rules, share a group: there are finitely many. */
  private route(origin: EventOrigin): RuleGroup {
    const accepting = this.sources.filter(({ rules: [first] }) => acceptsOrigin(first, origin));
    const windows = origin.product === 'windows' && origin.eventId !== undefined;
    const named = windows && accepting.some(({ eventIds }) => eventIds.has(`${origin.eventId}`));
    const eventId = named ? origin.eventId : undefined;
    const key = `${accepting.map((source) => this.sources.indexOf(source)).join()}|${windows ? (eventId ?? 'other') : 'any'}`;
    let group = this.groups.get(key);
    if (group === undefined) {
      group = new RuleGroup(rulesOf(accepting, windows, eventId), this.budget);
      this.groups.set(key, group);
    }
    return group;
  }
}

function groupBySource(rules: readonly SigmaRule[]): Source[] {
  const sources = new Map<string, Source>();
  for (const rule of rules) {
    const { product, category, service } = rule.logsource;
    const key = JSON.stringify([product ?? null, category ?? null, service ?? null]);
    const source = sources.get(key);
    const eventIds = source?.eventIds ?? new Set();
    if (source === undefined) sources.set(key, { rules: [rule], eventIds });
    else source.rules.push(rule);
    collectEventIds(rule.detection, eventIds);
  }
  return [...sources.values()];
}

function rulesOf(sources: readonly Source[], windows: boolean, eventId: number | undefined): GroupRule[] {
  const rules = sources.flatMap((source) => source.rules).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return rules.flatMap((rule) => {
    if (!windows) return [{ rule, detection: rule.detection }];
    const left = settleEventId(rule.detection, eventId);
    if (left === false) return [];
    return [{ rule, detection: left === true ? ALWAYS : left }];
  });
}

const ALWAYS: GroupRule['detection'] = { kind: 'and', of: [] };
