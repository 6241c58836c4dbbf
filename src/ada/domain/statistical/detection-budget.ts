import type { SecurityEvent } from '../../../contracts/security-event.js';
import { TUNING } from './tuning.js';

/** What a budget looks at of something that was found. */
interface Found {
  readonly event: SecurityEvent;
  /** What it is about: one finding of it is told in a batch. */
  readonly subject: string;
}

/** How many detections a tenant may still be told: one per 1,000 of its events, of which a few may be saved up. */
export class DetectionBudget {
  credit = 0;

  /** Counts events that may be told about. */
  grant(events: number): void {
    this.credit = Math.min(TUNING.budget.most, this.credit + (events * TUNING.budget.perThousand) / 1_000);
  }

  /** The foremost findings of a batch that the budget allows, one a subject, in order of events. @param order that of `Array.sort`, foremost first. */
  admit<Finding extends Found>(findings: readonly Finding[], order: (one: Finding, other: Finding) => number): Finding[] {
    const admitted: Finding[] = [];
    const subjects = new Set<string>();
    for (const finding of [...findings].sort(order)) {
      if (this.credit < 1 || subjects.has(finding.subject)) continue;
      subjects.add(finding.subject);
      this.credit--;
      admitted.push(finding);
    }
    return admitted.sort((one, other) => one.event.index - other.event.index);
  }
}
