import type { RuleSighting } from '../../ada/domain/detector.js';
import type { CanaryBatch, CanaryOutcome } from '../../ada/domain/liveness/canary-batch.js';
import { TEST_ARRIVAL } from '../../ada/domain/sigma/rule-tests/rule-test.js';
import type { EventBatch, SecurityEvent } from '../../contracts/security-event.js';
import type { TenantId } from '../../contracts/tenant.js';
import { splitLines } from '../../events/split-lines.js';
import { readEvents } from '../../mssp/ingest/domain/read-events.js';
import { shortTurns } from '../../platform/clock/short-turns.js';
import { textReader } from './event-texts.js';

/** Whose rules are asked. */
export interface RehearsingAgent {
  rehearse(tenant: TenantId, batch: EventBatch): readonly RuleSighting[];
}

const EVENTS_A_TURN = 32;
const BATCH_ID = 'canary';

/**
 * Leads samples of rules through what a tenant's events go through in this thread: taken apart from bytes, read by the parser of their format, matched by the
 * engine and the filters in force for the tenant. Nothing comes of them: they meet neither the store nor what is learned. What makes them canaries is that
 * they come here; an event of a tenant cannot, whatever is in it.
 */
export class CanaryInspection {
  constructor(
    private readonly agent: RehearsingAgent,
    private readonly read = readEvents,
  ) {}

  /** One outcome for each of the rules that a batch names. */
  async inspect(tenant: TenantId, batch: CanaryBatch): Promise<readonly CanaryOutcome[]> {
    const { declared, rules, isTogether } = batch;
    const breathe = shortTurns();
    const body = Buffer.from(batch.body.buffer, batch.body.byteOffset, batch.body.byteLength);
    const slices = splitLines(body);
    const read = await this.read({ textOf: textReader(body), slices, declared, receivedAt: TEST_ARRIVAL }, breathe);
    const events = read.events.map(({ event }) => event);
    if (isTogether) return [togetherOutcome(rules[0] ?? '', events.length === slices.length, this.rehearse(tenant, events))];
    const outcomes = new Map<number, CanaryOutcome>(events.map(({ index }) => [index, 'unmatched']));
    for (let from = 0; from < events.length; from += EVENTS_A_TURN) {
      const pause = breathe();
      if (pause) await pause;
      for (const { ruleId, event, isLeftOut } of this.rehearse(tenant, events.slice(from, from + EVENTS_A_TURN))) {
        if (ruleId !== rules[event] || outcomes.get(event) === 'matched') continue;
        outcomes.set(event, isLeftOut ? 'left_out' : 'matched');
      }
    }
    return rules.map((_, line) => outcomes.get(line) ?? 'unreadable');
  }

  private rehearse(tenant: TenantId, events: readonly SecurityEvent[]): readonly RuleSighting[] {
    return this.agent.rehearse(tenant, { batch_id: BATCH_ID, received_at: new Date(TEST_ARRIVAL).toISOString(), events });
  }
}

function togetherOutcome(rule: string, isReadable: boolean, sightings: readonly RuleSighting[]): CanaryOutcome {
  if (!isReadable) return 'unreadable';
  const own = sightings.filter(({ ruleId }) => ruleId === rule);
  if (own.some(({ isLeftOut }) => !isLeftOut)) return 'matched';
  return own.length > 0 ? 'left_out' : 'unmatched';
}
