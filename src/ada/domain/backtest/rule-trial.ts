import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { readPastRecord } from '../../../events/read-past-record.js';
import type { RuleFilters } from '../sigma/filters/rule-filters.js';
import { acceptsOrigin } from '../sigma/logsource-routing.js';
import { SigmaEngine } from '../sigma/sigma-engine.js';
import type { SigmaRule } from '../sigma/sigma-rule.js';
import { CacheBudget } from '../sigma/value-cache.js';
import type { EventSpan, PastRecord } from '../../../contracts/stored-events.js';

/** An event that a rule matches. */
export interface PastMatch {
  readonly event_id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly host?: string;
  readonly user?: string;
}

/** What one rule found in some events. */
export interface RuleFindings {
  /** Events of its log source. */
  readonly events: number;
  readonly matches: readonly PastMatch[];
  /** Matches that filters leave out. */
  readonly filtered: number;
  /** What matching has cost, in µs. */
  readonly micros: number;
}

/** What came of looking at some events; rules in the order in which they were given. */
export interface TrialFindings {
  /** Events of the span. */
  readonly scanned: number;
  readonly rules: readonly RuleFindings[];
}

interface PastEvent {
  readonly event_id: string;
  readonly event: SecurityEvent;
}

const MOST_ORIGINS = 4_096;

/** Asks rules about events that are stored already, each rule by itself and with nothing remembered, so that it is known what it costs. */
export class RuleTrial {
  private readonly tried: readonly TriedAlone[];

  /**
   * @param now milliseconds of a clock that only moves on.
   * @param tenant whose values filters are read with
   */
  constructor(
    rules: readonly SigmaRule[],
    private readonly filters: RuleFilters,
    private readonly now: () => number,
    private readonly tenant?: TenantId,
  ) {
    this.tried = rules.map((rule) => new TriedAlone(rule));
  }

  /** Looks at the records whose events are of the span; those that cannot be read any more are passed over. */
  look(records: readonly PastRecord[], span: EventSpan): TrialFindings {
    const events = records.flatMap((record): PastEvent[] => {
      const event = readPastRecord(record, span);
      return event === undefined ? [] : [{ event_id: record.event_id, event }];
    });
    return { scanned: events.length, rules: this.tried.map((tried) => this.tryOn(tried, events)) };
  }

  private tryOn(tried: TriedAlone, events: readonly PastEvent[]): RuleFindings {
    const own = events.filter(({ event }) => tried.means(event));
    const begun = this.now();
    const matched = own.filter(({ event }) => tried.matches(event));
    const micros = (this.now() - begun) * 1_000;
    const left = matched.filter(({ event }) => !this.filters.leavesOut(this.tenant, tried.rule.id, event));
    return { events: own.length, matches: left.map(toMatch), filtered: matched.length - left.length, micros };
  }
}

/** One rule with an engine of its own. */
class TriedAlone {
  private readonly engine: SigmaEngine;
  private readonly meant = new Map<string, boolean>();

  constructor(readonly rule: SigmaRule) {
    this.engine = new SigmaEngine([rule], { cache: new CacheBudget(0) });
  }

  /** Whether an event is of the rule's log source. */
  means({ origin }: SecurityEvent): boolean {
    let meant = this.meant.get(origin.key);
    if (meant === undefined) {
      if (this.meant.size >= MOST_ORIGINS) this.meant.clear();
      meant = acceptsOrigin(this.rule, origin);
      this.meant.set(origin.key, meant);
    }
    return meant;
  }

  matches(event: SecurityEvent): boolean {
    return this.engine.match(event).length > 0;
  }
}

function toMatch({ event_id, event }: PastEvent): PastMatch {
  const { host, user } = event.normalized;
  return { event_id, time: event.time, ...(host !== undefined && { host }), ...(user !== undefined && { user }) };
}
