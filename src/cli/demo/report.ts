import { SEVERITIES } from '../../contracts/severity.js';
import type { Accuracy, Ratio } from './accuracy.js';
import type { Outcome } from './collect-outcome.js';
import type { Sent } from './send-events.js';

/** Seconds that each stage took. */
export interface Stages {
  /** Undefined where the app was running before. */
  readonly start: number | undefined;
  readonly ingest: number;
  readonly settle: number;
}

const count = (value: number): string => value.toLocaleString('en');

/** A heading of the report. */
export function heading(text: string): string {
  return `\n${text}\n${'─'.repeat(text.length)}`;
}

/** What went in and how fast. */
export function describeIngest(sent: Sent, stages: Stages, peakMemory: number | undefined): string {
  const lost = sent.received - sent.accepted - sent.duplicates - sent.rejected;
  return [
    heading('Events'),
    `  ${count(sent.received)} received = ${count(sent.accepted)} accepted + ${count(sent.duplicates)} duplicate + ${count(sent.rejected)} rejected; ${count(lost)} lost`,
    `  every accepted event was stored and ${sent.uninspected === 0 ? 'inspected' : `inspected, but for ${count(sent.uninspected)} that wait`} before it was acknowledged`,
    `  ${count(Math.round(sent.received / stages.ingest))} events/s, ${(sent.bytes / stages.ingest / 1e6).toFixed(1)} MB/s`,
    `  ${stages.start === undefined ? '' : `start ${stages.start.toFixed(1)} s · `}ingest ${stages.ingest.toFixed(1)} s · triage, incidents and plans ${stages.settle.toFixed(1)} s after the last event`,
    ...(peakMemory === undefined ? [] : [`  peak memory of the app ${count(Math.round(peakMemory / 1e6))} MB`]),
  ].join('\n');
}

/** Alerts by severity and detector. */
export function describeAlerts({ alerts, incidents }: Outcome): string {
  const rows = [...SEVERITIES].reverse().map((severity) => {
    const of = alerts.filter((alert) => alert.severity === severity);
    const bySigma = of.filter((alert) => alert.detector === 'sigma').length;
    return `  ${severity.padEnd(14)} ${count(of.length).padStart(6)}   ${count(bySigma)} by rules, ${count(of.length - bySigma)} by statistics`;
  });
  return [heading('Alerts'), ...rows, `  ${count(alerts.length)} alerts, ${count(incidents.length)} incidents`].join('\n');
}

/** Agreement with the generator's own labels. */
export function describeAccuracy(accuracy: Accuracy): string {
  return [
    heading('Against the truth'),
    `  precision ${percent(accuracy.precision.all)} of all alerts, ${percent(accuracy.precision.highAndCritical)} of high and critical ones are about the intrusion`,
    `  recall    ${percent(accuracy.steps)} of the intrusion's steps raised an alert`,
    ...accuracy.missed.map(({ technique, description }) => `            missed: ${technique} ${description}`),
  ].join('\n');
}

/** One entry of an incident's timeline. */
export interface TimelineEntry {
  readonly at: string;
  readonly kind: string;
  readonly title: string;
  readonly techniques?: readonly string[];
  readonly severity?: string | null;
}

interface Folded {
  readonly entry: TimelineEntry;
  readonly times: number;
}

const STORY_LINES = 60;

/** The gravest incident, told in order. */
export function describeIncident(outcome: Outcome, timeline: readonly TimelineEntry[]): string {
  const incident = gravest(outcome);
  if (!incident) return `${heading('Incidents')}\n  none`;
  const story = foldRepeats(timeline);
  return [
    heading(`Incident: ${incident.title}`),
    `  ${incident.classification}, score ${incident.score}, ${count(incident.alert_count)} alerts, ${incident.first_event_at} to ${incident.last_event_at}`,
    `  tactics: ${incident.tactics.join(' → ')}`,
    ...story.slice(0, STORY_LINES).map(storyLine),
    ...(story.length > STORY_LINES ? [`  … ${count(story.length - STORY_LINES)} more`] : []),
  ].join('\n');
}

/** The incident that analysts would open first. */
export function gravest({ incidents }: Outcome): Outcome['incidents'][number] | undefined {
  return [...incidents].sort((a, b) => b.score - a.score || b.tactics.length - a.tactics.length || b.alert_count - a.alert_count)[0];
}

/** Entries of equal title as one, at the time of the first. */
function foldRepeats(timeline: readonly TimelineEntry[]): readonly Folded[] {
  const folded = new Map<string, { entry: TimelineEntry; times: number }>();
  for (const entry of timeline) {
    const known = folded.get(entry.title);
    if (known) known.times += 1;
    else folded.set(entry.title, { entry, times: 1 });
  }
  return [...folded.values()];
}

function storyLine({ entry: { at, title, techniques }, times }: Folded): string {
  return `  ${at.slice(0, 10)} ${at.slice(11, 19)}  ${(techniques ?? []).join(' ').padEnd(10)} ${title}${times > 1 ? ` ×${times}` : ''}`;
}

function percent({ hits, of }: Ratio): string {
  return of === 0 ? 'none' : `${((100 * hits) / of).toFixed(1)} % (${count(hits)} of ${count(of)})`;
}
