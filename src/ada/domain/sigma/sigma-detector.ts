import type { Detection, RuleReference } from '../../../contracts/detection.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { Detector, type RuleSighting } from '../detector.js';
import type { RulesInForce } from '../rules-in-force.js';
import { evidenceOf } from './evidence.js';
import { RuleFilters } from './filters/rule-filters.js';
import type { SigmaEngineOptions } from './sigma-engine.js';
import type { SigmaRule } from './sigma-rule.js';
import { TenantEngines } from './tenant-engines.js';

const MAX_REASON = 300;
const MAX_VALUE = 120;
const MAX_TITLE = 120;
const MAX_EVIDENCE = 3;

export interface SigmaDetectorOptions extends SigmaEngineOptions {
  /** What is left out of the matches. */
  readonly filters?: RuleFilters | undefined;
}

/** Finds events that match Sigma rules. It learns nothing, so there is nothing to snapshot. */
export class SigmaDetector extends Detector {
  readonly kind = 'sigma';
  private filters: RuleFilters;
  private engines: TenantEngines | undefined;

  constructor(
    private readonly rules: readonly SigmaRule[],
    private readonly options: SigmaDetectorOptions = {},
  ) {
    super();
    this.filters = options.filters ?? new RuleFilters();
  }

  init(): void {
    this.engines = new TenantEngines(this.rules, this.options);
  }

  inspect(tenant: TenantId, events: readonly SecurityEvent[]): Detection[] {
    const { engines, filters } = this;
    if (engines === undefined) throw new Error('the detector was not initialised');
    const detections: Detection[] = [];
    for (const event of events) {
      for (const rule of engines.match(tenant, event)) {
        if (!filters.leavesOut(tenant, rule.id, event)) detections.push(toDetection(rule, event));
      }
    }
    return detections;
  }

  /**
   * What is inspected is found as always; only what it does not tell of is looked for again, behind the filters, and as it is for everybody where the
   * tenant's own values stand in the place of those that samples are written for.
   */
  override rehearse(tenant: TenantId, events: readonly SecurityEvent[]): readonly RuleSighting[] {
    const { engines, filters } = this;
    const found = this.inspect(tenant, events).map(({ rule, event_index }) => ({ ruleId: rule.id, event: event_index, isLeftOut: false }));
    if (engines === undefined || (filters.areNone(tenant) && !engines.hasOwn(tenant))) return found;
    const others = events.flatMap((event) =>
      engines.matchAny(tenant, event).flatMap(({ id }) => {
        const isLeftOut = filters.leavesOut(tenant, id, event);
        return isLeftOut || engines.isOwn(tenant, id) ? [{ ruleId: id, event: event.index, isLeftOut }] : [];
      }),
    );
    return [...found, ...others];
  }

  /** Those that only serve correlations are not asked. */
  override takeRules({ rules, quiet, suppressions }: RulesInForce): void {
    this.filters = suppressions;
    this.engines = new TenantEngines(
      rules.filter(({ id }) => !quiet.has(id)),
      this.options,
    );
  }

  snapshot(): null {
    return null;
  }

  restore(): void {
    // Nothing is learned.
  }

  destroy(): void {
    this.engines = undefined;
  }
}

function toDetection(rule: SigmaRule, event: SecurityEvent): Detection {
  return {
    detector: 'sigma',
    rule: toReference(rule),
    severity: rule.level,
    event_index: event.index,
    event_time: event.normalized.time,
    entities: event.entities,
    techniques: rule.techniques,
    tactics: rule.tactics,
    reason: reasonFor(rule, event),
  };
}

function toReference({ id, title, author, level, license }: SigmaRule): RuleReference {
  return { id, title, author, level, license };
}

/** One sentence of at most 300 characters: the rule, the host where there is one, and what was seen. */
function reasonFor(rule: SigmaRule, event: SecurityEvent): string {
  const { host } = event.normalized;
  const seen = new Map(evidenceOf(rule.detection, event).map(({ field, value }) => [field, value]));
  const values = [...seen].slice(0, MAX_EVIDENCE).map(([field, value]) => `${field} "${shorten(printable(value), MAX_VALUE)}"`);
  const place = host === undefined ? '' : ` on ${printable(host)}`;
  const what = values.length === 0 ? '' : `: ${values.join(', ')}`;
  return shorten(`${shorten(printable(rule.title), MAX_TITLE)} matched${place}${what}`, MAX_REASON);
}

/** Control characters and those that reorder or hide text become blanks, so that what an event says cannot dress up as something else. */
function printable(text: string): string {
  return text
    .slice(0, MAX_REASON)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
