import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { ObservedEvents } from '../statistical/observed-events.js';
import { TUNING } from '../statistical/tuning.js';
import type { AnomalyFinding } from './anomaly-finding.js';
import { type TypedEdge, typedEdges } from './typed-edges.js';

const MOST = 32;
const MINUTE = 60_000;

/**
 * The events of a batch that show a finding, in their order: the one that it was found at, and of those in the same time whose edges count
 * towards it the last before and the first after, 32 in all. Events count at their own time, and no later than they arrived.
 */
export function evidenceOf(
  finding: AnomalyFinding,
  events: readonly SecurityEvent[],
  observed: ObservedEvents,
  arrival = Number.POSITIVE_INFINITY,
): readonly SecurityEvent[] {
  const timeOf = ({ time }: SecurityEvent): number => Math.min(time, arrival);
  const [from, to] = spanOf(finding, timeOf(finding.event));
  const shown = events.filter(
    (event) =>
      event === finding.event ||
      (timeOf(event) >= from && timeOf(event) < to && typedEdges(event, observed.of(event)).some((edge) => counts(finding, edge))),
  );
  const end = shown.indexOf(finding.event) + 1;
  const start = Math.max(0, end - MOST);
  return shown.slice(start, start + MOST);
}

function spanOf(finding: AnomalyFinding, time: number): readonly [from: number, to: number] {
  if (finding.kind === 'edge') return [time - MINUTE, time + MINUTE];
  if (finding.kind === 'series') return [finding.from, finding.to];
  const from = Math.floor(time / TUNING.window) * TUNING.window;
  return [from, from + TUNING.window];
}

function counts(finding: AnomalyFinding, { type, source, destination, actor }: TypedEdge): boolean {
  if (finding.kind === 'entity') return actor === finding.subject;
  if (finding.kind === 'series') return type === finding.type;
  const { edge, judgement } = finding;
  const isSame = { source: source === edge.source, destination: destination === edge.destination };
  return type === edge.type && (judgement.by === 'edge' ? isSame.source && isSame.destination : isSame[judgement.by]);
}
