import { IntelDetector } from '../../ada/domain/intel/intel-detector.js';
import type { Detection } from '../../contracts/detection.js';
import type { EventSpan, PastRecord } from '../../contracts/stored-events.js';
import { toTenantId } from '../../contracts/tenant.js';
import { readPastRecord } from '../../events/read-past-record.js';
import { compileLinearMatcher } from '../../taa/adapters/linear-text-matcher.js';
import { EventMatcher } from '../../taa/domain/event-matcher.js';
import { IndicatorMatcher } from '../../taa/domain/indicator-matcher.js';
import type { PastHit, PastHits, SoughtIndicators } from '../../taa/domain/retro/past-matcher.js';
import type { RetroAnswer, RetroRequest } from './retro-protocol.js';

/** Sets of indicators that are kept: jobs of several tenants take turns. */
const MOST_KEPT = 4;
/** The detector of this thread sees one tenant's events at a time, under this name. */
const ONE = toTenantId('one-tenant');

/** Compares stored events with indicators in the thread that it is in: by the detector that events meet when they arrive. */
export class RetroDesk {
  private readonly detectors = new Map<string, IntelDetector>();

  answer(request: RetroRequest): RetroAnswer {
    if (request.op === 'take') return this.take(request.sought);
    const detector = this.detectors.get(request.key);
    return detector === undefined ? null : compare(detector, request);
  }

  private take({ key, image }: SoughtIndicators): null {
    const matcher = new EventMatcher(new IndicatorMatcher(image, compileLinearMatcher));
    this.detectors.set(key, new IntelDetector(() => matcher));
    const [oldest] = this.detectors.keys();
    if (this.detectors.size > MOST_KEPT && oldest !== undefined) this.detectors.delete(oldest);
    return null;
  }
}

interface Comparison {
  readonly span: EventSpan;
  readonly now: string;
  readonly records: readonly PastRecord[];
}

function compare(detector: IntelDetector, { span, now, records }: Comparison): PastHits {
  const hits: PastHit[] = [];
  let scanned = 0;
  for (const record of records) {
    const event = readPastRecord(record, span);
    if (event === undefined) continue;
    scanned += 1;
    for (const detection of detector.inspect(ONE, [event], { batch_id: '', received_at: now })) {
      hits.push({ event_id: record.event_id, detection: foundAfterwards(detection, now) });
    }
  }
  return { scanned, hits };
}

function foundAfterwards(detection: Detection, now: string): Detection {
  return { ...detection, reason: `${detection.reason}; found afterwards, among stored events, on ${now}` };
}
