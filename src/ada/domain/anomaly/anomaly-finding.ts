import type { Detection } from '../../../contracts/detection.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import { printable } from '../printable.js';
import { referenceTo } from '../statistical/statistical-rules.js';
import { ANOMALY_RULES } from './anomaly-rules.js';
import type { Feature } from './entity-windows.js';
import type { EdgeJudgement } from './midas-f.js';
import type { SeriesView } from './series-watch.js';
import type { EdgeType, TypedEdge } from './typed-edges.js';

interface Found {
  readonly event: SecurityEvent;
  /** What it is about: one finding of it is told in a batch. */
  readonly subject: string;
  /** Chance that something ordinary looks like it. */
  readonly chance: number;
}

/** Something unusual that one event shows, with what was expected and what was seen. */
export type AnomalyFinding =
  | (Found & { readonly kind: 'edge'; readonly edge: TypedEdge; readonly judgement: EdgeJudgement })
  | (Found & { readonly kind: 'entity'; readonly feature: Feature; readonly seen: number; readonly usual: number })
  | (Found & {
      readonly kind: 'series';
      readonly type: EdgeType;
      readonly seen: number;
      readonly by: SeriesView;
      readonly expected: number | undefined;
      readonly from: number;
      readonly to: number;
    });

const MAX_NAME = 100;
/** Chances below this are no longer told apart: a fitted tail says no more of them than that. */
const NEVER = 1e-12;

/** The finding as a detection, with a sentence that says what was expected and what was seen, and the events of the batch that show it. */
export function toDetection(finding: AnomalyFinding, batchId: string, evidence: readonly SecurityEvent[]): Detection {
  const { event } = finding;
  const rule = ANOMALY_RULES[finding.kind];
  return {
    detector: 'statistical',
    rule: referenceTo(rule),
    severity: rule.level,
    event_index: event.index,
    event_time: event.normalized.time,
    entities: finding.kind === 'series' ? [] : event.entities,
    techniques: rule.techniques,
    tactics: rule.tactics,
    reason: `${REASONS[finding.kind](finding as never)}${chanceOf(finding.chance)}`,
    evidence: evidence.map(({ index }) => `${batchId}.${index}`),
  };
}

/**
 * Order in which findings are told: the least likely first, and of what practically never happens that of which most was too much, so that who
 * sprays comes before what is sprayed at, and the height of a burst before its foot.
 */
export function foremostFirst(one: AnomalyFinding, other: AnomalyFinding): number {
  return Math.max(one.chance, NEVER) - Math.max(other.chance, NEVER) || excessOf(other) - excessOf(one);
}

function excessOf(finding: AnomalyFinding): number {
  if (finding.kind === 'edge') return finding.judgement.count - finding.judgement.usual;
  return Math.abs(finding.seen - ((finding.kind === 'entity' ? finding.usual : finding.expected) ?? 0));
}

type Reasons = { readonly [Kind in AnomalyFinding['kind']]: (finding: AnomalyFinding & { readonly kind: Kind }) => string };

const DOES: Readonly<Record<EdgeType, string>> = { logon: 'to', spawn: 'starting', cloud: 'calling', connection: 'to' };
const THINGS: Readonly<Record<EdgeType, string>> = {
  logon: 'logons',
  spawn: 'program starts',
  cloud: 'cloud calls',
  connection: 'connections',
};
const COUNTED: Readonly<Record<Feature, string>> = {
  ...THINGS,
  failed: 'failed logons',
  different: 'different counterparts',
  first: 'counterparts never met before',
};

const REASONS: Reasons = {
  edge: ({ edge, judgement: { by, count, usual } }) => {
    const source = printable(edge.source, MAX_NAME);
    const destination = printable(edge.destination, MAX_NAME);
    const what = {
      edge: `from ${source} ${DOES[edge.type]} ${destination}`,
      source: `of ${source}`,
      destination: `${DOES[edge.type]} ${destination}`,
    };
    const things = edge.isFailure ? 'failed logons' : THINGS[edge.type];
    return `${things} ${what[by]}: ${amount(count)} within about a minute seen, ${amount(usual)} a minute expected`;
  },
  entity: ({ subject, feature, seen, usual }) =>
    `${printable(subject, MAX_NAME)}: ${amount(seen)} ${COUNTED[feature]} within five minutes seen, about ${amount(usual)} expected`,
  series: ({ type, seen, by, expected, from, to }) => {
    const span = `${new Date(from).toISOString().slice(11, 16)} to ${new Date(to).toISOString().slice(11, 16)} UTC`;
    const compared = { value: 'all times before', spread: 'how much they usually vary', season: 'the same time of earlier days' }[by];
    const usual = expected === undefined ? '' : `, about ${amount(expected)} expected`;
    return `${amount(seen)} ${THINGS[type]} of the whole tenant from ${span} seen${usual}; unusual against ${compared}`;
  },
};

function amount(value: number): string {
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

function chanceOf(chance: number): string {
  return chance >= NEVER ? ` (chance ${chance.toExponential(0)})` : '';
}
