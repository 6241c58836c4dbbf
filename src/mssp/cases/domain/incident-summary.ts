import type { Entity, EntityType } from '../../../contracts/entity.js';
import { SEVERITIES, type Severity } from '../../../contracts/severity.js';
import { CLASSIFICATIONS, type Classification } from '../../../contracts/verdict.js';
import { furthestTactic, inKillChainOrder, stepsInOrder } from './attack-tactics.js';
import { entityKey, entityOfKey } from './entity-key.js';

const MOST_ENTITIES = 200;
const MOST_TECHNIQUES = 200;
/** Steps along the kill chain, taken in its order, from which on an incident is more serious than any of its alerts. */
const STEPS_THAT_RAISE = 3;
const NAMES_IN_TITLE = 2;
const LONGEST_NAME = 64;

/** What an incident's core alerts come to. Summaries merge in any order to the same result. */
export interface IncidentSummary {
  readonly first_ms: number;
  readonly last_ms: number;
  /** Highest rank of an alert. */
  readonly severity: number;
  readonly classification: number;
  readonly score: number;
  /** `[key, highest score of an alert about it]`, highest score first, at most 200. */
  readonly entities: readonly (readonly [string, number])[];
  readonly techniques: readonly string[];
  /** `[tactic, when it was first seen]`. */
  readonly tactics: readonly (readonly [string, number])[];
}

/** What of an alert and its verdict bears on an incident. */
export interface SummarizedAlert {
  readonly event_ms: number;
  readonly severity: Severity;
  readonly classification: Classification;
  readonly score: number;
  readonly entities: readonly Entity[];
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
}

/** The summary of a single alert. */
export function summaryOf(alert: SummarizedAlert): IncidentSummary {
  return {
    first_ms: alert.event_ms,
    last_ms: alert.event_ms,
    severity: SEVERITIES.indexOf(alert.severity),
    classification: CLASSIFICATIONS.indexOf(alert.classification),
    score: alert.score,
    entities: alert.entities.map((entity) => [entityKey(entity), alert.score]),
    techniques: alert.techniques,
    tactics: alert.tactics.map((tactic) => [tactic, alert.event_ms]),
  };
}

/** What two summaries come to together. */
export function mergeSummaries(a: IncidentSummary, b: IncidentSummary): IncidentSummary {
  return {
    first_ms: Math.min(a.first_ms, b.first_ms),
    last_ms: Math.max(a.last_ms, b.last_ms),
    severity: Math.max(a.severity, b.severity),
    classification: Math.max(a.classification, b.classification),
    score: Math.max(a.score, b.score),
    entities: [...mergeBy(Math.max, a.entities, b.entities)].sort(byScoreThenKey).slice(0, MOST_ENTITIES),
    techniques: [...new Set([...a.techniques, ...b.techniques])].sort().slice(0, MOST_TECHNIQUES),
    tactics: [...mergeBy(Math.min, a.tactics, b.tactics)].sort(([x], [y]) => (x < y ? -1 : 1)),
  };
}

/** What is shown of a summary. */
export interface IncidentFindings {
  readonly title: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly classification: Classification;
  readonly entities: readonly Entity[];
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
}

/** Draws the conclusions: tactics in kill-chain order, kind, title, and severity and classification raised by progress along the kill chain. */
export function findingsOf(summary: IncidentSummary): IncidentFindings {
  const tactics = inKillChainOrder(summary.tactics.map(([tactic]) => tactic));
  const raise = stepsInOrder(new Map(summary.tactics)) >= STEPS_THAT_RAISE ? 1 : 0;
  const entities = summary.entities.map(([key]) => entityOfKey(key));
  return {
    title: titleOf(tactics, entities),
    kind: furthestTactic(tactics) ?? 'suspicious-activity',
    severity: SEVERITIES[Math.min(summary.severity + raise, SEVERITIES.length - 1)] ?? 'critical',
    classification: CLASSIFICATIONS[Math.min(summary.classification + raise, CLASSIFICATIONS.length - 1)] ?? 'critical',
    entities,
    tactics,
    techniques: summary.techniques,
  };
}

function titleOf(tactics: readonly string[], entities: readonly Entity[]): string {
  const words = tactics.map((tactic) => tactic.replaceAll('-', ' '));
  const what = words.length > 3 ? `from ${words[0]} to ${words.at(-1)}` : inWords(words) || 'suspicious activity';
  const where = placeOf(entities);
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}${where === '' ? '' : ` on ${where}`}`;
}

function placeOf(entities: readonly Entity[]): string {
  const types: readonly EntityType[] = ['host', 'user', 'cloud_account', 'ip', 'domain'];
  const type = types.find((each) => entities.some((entity) => entity.type === each));
  const names = entities.filter((entity) => entity.type === type).map((entity) => printable(entity.value));
  const more = names.length - NAMES_IN_TITLE;
  return `${names.slice(0, NAMES_IN_TITLE).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function printable(name: string): string {
  return name.replaceAll(/\p{C}/gu, '').slice(0, LONGEST_NAME);
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function byScoreThenKey([a, x]: readonly [string, number], [b, y]: readonly [string, number]): number {
  return y - x || (a < b ? -1 : 1);
}

function mergeBy(
  choose: (a: number, b: number) => number,
  ...lists: readonly (readonly (readonly [string, number])[])[]
): ReadonlyMap<string, number> {
  const merged = new Map<string, number>();
  for (const [key, value] of lists.flat()) merged.set(key, choose(merged.get(key) ?? value, value));
  return merged;
}
