import { compareSeverity } from '../../../contracts/severity.js';
import type { Detection } from '../../../contracts/detection.js';
import { closestTlp } from '../../../contracts/tlp.js';
import { distinctEntities, distinctLabels, draftAlert, type AlertDocument, type AlertDraft, type DetectionOrigin } from './alert-draft.js';

const MINUTE_MS = 60_000;

/** The minute, counted from the epoch, that a time (milliseconds since the epoch) falls in. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** The end of a minute in milliseconds since the epoch. */
export function endOfMinute(minute: number): number {
  return (minute + 1) * MINUTE_MS;
}

/** Splits detections into those that become alerts of their own and those beyond the limit. The most severe come first, then the earlier ones. */
export function splitByBudget(
  detections: readonly Detection[],
  budget: number,
): { readonly single: Detection[]; readonly folded: Detection[] } {
  if (detections.length <= budget) return { single: [...detections], folded: [] };
  const ranked = detections.toSorted((a, b) => compareSeverity(b.severity, a.severity));
  const room = Math.max(0, budget);
  return { single: ranked.slice(0, room), folded: ranked.slice(room) };
}

/** A detection, and where it was made. */
export interface OriginatedDetection {
  readonly detection: Detection;
  readonly origin: DetectionOrigin;
}

/** Makes one storm alert of a rule's detections beyond the limit; there is at least one. */
export function draftStorm(alertId: string, found: readonly [OriginatedDetection, ...OriginatedDetection[]]): AlertDraft {
  const drafts = found.map(({ detection, origin }) => draftAlert(alertId, detection, origin));
  const [first] = drafts as [AlertDraft];
  const document = drafts.map((draft) => draft.document).reduce(foldDocuments);
  return {
    ...first,
    event_ms: drafts.reduce((earliest, draft) => Math.min(earliest, draft.event_ms), first.event_ms),
    document: {
      ...document,
      title: `Alert storm: ${first.document.title}`,
      reason: `There were more alerts in a minute than the limit allows; the matches of this rule beyond it are kept together. First: ${first.document.reason}`,
    },
  };
}

/** Adds what a later document of the same rule tells to an earlier one. */
export function foldDocuments(earlier: AlertDocument, later: AlertDocument): AlertDocument {
  const tlp = closestTlp([earlier.indicator_tlp, later.indicator_tlp]);
  return {
    ...earlier,
    entities: distinctEntities([...earlier.entities, ...later.entities]),
    techniques: distinctLabels([...earlier.techniques, ...later.techniques]),
    tactics: distinctLabels([...earlier.tactics, ...later.tactics]),
    rarity: highest(earlier.rarity, later.rarity),
    indicator_confidence: highest(earlier.indicator_confidence, later.indicator_confidence),
    ...(tlp && { indicator_tlp: tlp }),
  };
}

function highest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
