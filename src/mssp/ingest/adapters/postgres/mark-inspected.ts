import type { Detection } from '../../../../contracts/detection.js';
import { monthOfBatch } from '../../domain/arrival-month.js';
import type { PoisonEvent } from '../../domain/poison-event.js';
import { inspectedMark, rulesByIndex } from '../batch-marks.js';
import type { MonthSeal } from '../month-seal.js';
import { outboxStatements } from './event-statements.js';
import type { EventTurn } from './event-turn.js';
import { toMonthNumber } from './month-number.js';
import { addToFilter } from './term-filter.js';

/** What a later inspection found in a batch. */
interface LateFindings {
  readonly batch_id: string;
  readonly detections: readonly Detection[];
  readonly poison: readonly PoisonEvent[];
}

/** Stores what a later inspection of a batch found, where nothing was stored of one before. */
export async function markInspected(turn: EventTurn, sealOf: (month: string) => MonthSeal, findings: LateFindings): Promise<void> {
  const { batch_id, detections, poison } = findings;
  const month = monthOfBatch(batch_id);
  if (month === '') return;
  const own = [toMonthNumber(month), batch_id];
  const text = `SELECT f.sequence, f.bits FROM event_batch AS b JOIN event_filter AS f ON f.month = b.month AND f.sequence = b.chunk
    WHERE b.month = $1 AND b.batch_id = $2 AND b.inspected = 0`;
  const [rows] = await turn.read('inspected', [{ text, values: own }]);
  const [row] = rows ?? [];
  if (!row) return;
  const seal = sealOf(month);
  const rules = new Set(detections.map(({ rule }) => `rule:${rule.id}`));
  const bits = addToFilter(
    Buffer.from(row['bits'] as Uint8Array),
    Array.from(rules, (term) => seal.term(term)),
  );
  await turn.write('inspected', [
    {
      text: 'UPDATE event_batch SET inspected = $3, rules = $4 WHERE month = $1 AND batch_id = $2',
      values: [...own, inspectedMark(true, poison), rulesByIndex(detections)],
    },
    ...outboxStatements(seal, [findings]),
    { text: 'UPDATE event_filter SET bits = $3 WHERE month = $1 AND sequence = $2', values: [toMonthNumber(month), row['sequence'], bits] },
  ]);
}
