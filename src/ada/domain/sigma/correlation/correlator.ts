import type { CorrelationFinding } from './correlation-detection.js';
import { type FieldReader, groupKeyOf, shownValueOf } from './group-key.js';
import type { CorrelationInput, LinkedCorrelation } from './link-correlations.js';
import type { MatchedEvent } from './matched-events.js';
import type { EventRef, Sighting } from './sighting.js';
import type { Firing, TenantCorrelations } from './tenant-correlations.js';

/** Something at an event that correlations may count: that a rule matched it, or that a correlation fired there. */
interface Occurrence {
  readonly ruleId: string;
  readonly read: FieldReader;
  readonly shown: readonly EventRef[];
}

/** Most events that a finding lists; the newest are listed. */
const MAX_EVIDENCE = 100;
const LARGEST_SAMPLE = 1e15;
const NOTHING_SHOWN: readonly EventRef[] = [];

/**
 * Leads events through correlations: each is counted by those that its rules belong to, and where one fires that counts in those that refer
 * to it. A correlation comes after those that it refers to.
 */
export class Correlator {
  /** Positions of the correlations that a rule belongs to. */
  private readonly consumers = new Map<string, number[]>();

  constructor(private readonly correlations: readonly LinkedCorrelation[]) {
    for (const [correlation, { inputs }] of correlations.entries()) {
      for (const { ruleId } of inputs) {
        const others = this.consumers.get(ruleId);
        if (others === undefined) this.consumers.set(ruleId, [correlation]);
        else others.push(correlation);
      }
    }
  }

  /** Counts an event of a batch in what is known of its tenant; answers what fired, inner correlations first. */
  take(state: TenantCorrelations, batch: string, matched: MatchedEvent): readonly CorrelationFinding[] {
    const { event } = matched;
    const plain: FieldReader = (name) => event.field(name);
    const occurrences: Occurrence[] = [];
    const due: number[] = [];
    for (const ruleId of matched.ruleIds) this.announce({ ruleId, read: plain, shown: NOTHING_SHOWN }, occurrences, due);
    const findings: CorrelationFinding[] = [];
    while (due.length > 0) {
      const correlation = due.shift() as number;
      for (const finding of this.count(state, correlation, { batch, matched }, occurrences)) {
        findings.push(finding);
        const read: FieldReader = (name) => finding.group.get(name) ?? event.field(name);
        this.announce({ ruleId: finding.correlation.rule.id, read, shown: finding.evidence }, occurrences, due);
      }
    }
    return findings;
  }

  /** Notes an occurrence, and which correlations are to be asked, in their order. */
  private announce(occurrence: Occurrence, occurrences: Occurrence[], due: number[]): void {
    const consumers = this.consumers.get(occurrence.ruleId);
    if (consumers === undefined) return;
    occurrences.push(occurrence);
    for (const correlation of consumers) {
      if (due.includes(correlation)) continue;
      due.push(correlation);
      if (due.length > 1) due.sort((a, b) => a - b);
    }
  }

  private count(
    state: TenantCorrelations,
    correlation: number,
    { batch, matched }: { readonly batch: string; readonly matched: MatchedEvent },
    occurrences: readonly Occurrence[],
  ): readonly CorrelationFinding[] {
    const linked = this.correlations[correlation] as LinkedCorrelation;
    const { inputs, rule } = linked;
    const once = occurrences.length === 1 || isTemporal(linked) ? undefined : new Set<string>();
    const findings: CorrelationFinding[] = [];
    /* From the last rule to the first, so that an event does not come after itself. */
    for (let position = inputs.length - 1; position >= 0; position--) {
      const input = inputs[position] as CorrelationInput;
      for (const { ruleId, read, shown } of occurrences) {
        if (ruleId !== input.ruleId) continue;
        const key = groupKeyOf(input.groupBy, read);
        const value = valueOf(linked, input, read);
        if (key === undefined || value === undefined || once?.has(key) === true) continue;
        once?.add(key);
        const { event, time } = matched;
        const sighting: Sighting = { time, batch, index: event.index, input: position, value, shown };
        const firing = state.observe(correlation, key, sighting);
        if (firing === undefined) continue;
        const group = new Map(rule.groupBy.map((name, at) => [name, shownValueOf(read(input.groupBy[at] ?? name)) ?? '']));
        findings.push({ correlation: linked, event, group, ...tellOf(firing) });
      }
    }
    return findings;
  }
}

function isTemporal({ rule: { type } }: LinkedCorrelation): boolean {
  return type === 'temporal' || type === 'temporal_ordered';
}

/** What is counted or added up of an event; `undefined` where it has nothing of the kind. */
function valueOf(
  { rule: { type, percentile } }: LinkedCorrelation,
  { fields }: CorrelationInput,
  read: FieldReader,
): string | number | undefined {
  const [field] = fields;
  if (field === undefined) return '';
  const isNumber = type === 'value_sum' || type === 'value_avg' || percentile !== undefined;
  return isNumber ? numberOf(read(field)) : groupKeyOf(fields, read);
}

function numberOf(value: unknown): number | undefined {
  const text = shownValueOf(value);
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Math.abs(number) <= LARGEST_SAMPLE ? number : undefined;
}

/** Times and events of what was counted, each event once. */
function tellOf({ measure, end, evidence }: Firing): Pick<CorrelationFinding, 'measure' | 'from' | 'to' | 'evidence'> {
  const newest = evidence.slice(-MAX_EVIDENCE);
  const refs = new Map<string, EventRef>();
  for (const { shown, batch, index } of newest) {
    for (const ref of shown.length === 0 ? [{ batch, index }] : shown) refs.set(`${ref.batch}.${ref.index}`, ref);
  }
  return { measure, from: evidence[0]?.time ?? end, to: end, evidence: [...refs.values()].slice(-MAX_EVIDENCE) };
}
