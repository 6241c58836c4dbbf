import { randomInt } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { TenantId } from '../contracts/tenant.js';
import type { Clock } from '../platform/clock/clock.js';
import type { BusinessEvents } from '../platform/observability/business-events.js';
import type { Tracing } from '../platform/observability/tracing/tracing.js';
import { backoffMs } from '../platform/work-queue/backoff.js';
import { WorkHandler, type WorkItem } from '../platform/work-queue/work-item.js';
import { digestOf } from './action-digest.js';
import type { Actuators } from './actuators.js';
import type { ActionRecord } from './domain/action-record.js';
import type { ActionStore } from './domain/action-store.js';
import { concludeAttempt, type AttemptOutcome } from './domain/conclude-attempt.js';
import { ActuatorFailure } from './domain/containment-actuator.js';
import { attemptOf, type AttemptPayload } from './domain/containment-work.js';
import type { EffectPhase } from './domain/effect-phase.js';
import { takeAction, type Taken } from './domain/take-action.js';

/** Longer than an actuator takes for a call. Whoever finds it alive leaves the action alone; after a crash it is waited for. */
const LEASE_MS = 20_000;
const ATTEMPTS = 7;

/** What effects need at hand. */
export interface EffectParts {
  readonly store: ActionStore;
  readonly actuators: Actuators;
  readonly clock: Clock;
  readonly events: BusinessEvents;
  readonly tracing: Tracing;
}

/**
 * Carries actions out, or undoes them. The audit record of the attempt is on disk before the actuator is called. After a crash the
 * actuator is asked for the effect first; an effect that cannot be asked for nor repeated safely is left to a person.
 */
export class EffectHandler extends WorkHandler {
  readonly kind: string;
  override readonly batchSize = 8;
  override readonly waitsOutside = true;
  private readonly logger = new Logger(EffectHandler.name);

  constructor(
    private readonly phase: EffectPhase,
    private readonly parts: EffectParts,
  ) {
    super();
    this.kind = phase.work;
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    const results = await Promise.allSettled(items.map((item) => this.traced(tenant, attemptOf(item))));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private traced(tenant: TenantId, payload: AttemptPayload): Promise<void> {
    const attributes = { 'gatra.action_id': payload.action_id, 'gatra.containment.attempt': payload.attempt };
    return this.parts.tracing.span({ name: 'containment attempt', attributes }, () => this.attempt(tenant, payload));
  }

  private async attempt(tenant: TenantId, { action_id: actionId, attempt }: AttemptPayload): Promise<void> {
    const { taken, record } = await this.take(tenant, actionId);
    if (taken === 'held') throw new Error('another worker holds the action');
    if (!record || taken === 'over') return;
    if (taken === 'voided') {
      this.parts.events.containmentExecuted(record);
      return;
    }
    const outcome = await this.perform(tenant, record, taken);
    await this.conclude(tenant, record, outcome, attempt);
  }

  private async take(tenant: TenantId, actionId: string): Promise<{ taken: Taken['kind']; record: ActionRecord | undefined }> {
    const now = this.parts.clock.now();
    let taken: Taken['kind'] = 'over';
    const record = await this.parts.store.change(tenant, actionId, now, (found) => {
      const result = takeAction(found, this.phase, digestOf(found), { now, leaseMs: LEASE_MS });
      taken = result.kind;
      return 'change' in result ? result.change : undefined;
    });
    return { taken, record };
  }

  private async perform(tenant: TenantId, record: ActionRecord, taken: 'begun' | 'resumed'): Promise<AttemptOutcome> {
    const actuator = this.parts.actuators.of(record.kind);
    try {
      if (taken === 'resumed') {
        const state = await actuator.stateOf(tenant, record);
        if (state === this.phase.done.state) return { kind: 'done', result: { read_back: true } };
        if (state === 'unknown' && !actuator.isRepeatable) return { kind: 'failed', error: 'outcome_unknown', isTemporary: false };
      }
      return { kind: 'done', result: await this.phase.ask(actuator, tenant, record) };
    } catch (error) {
      this.logger.warn(
        { err: error, event: 'containment.attempt_failed', tenant_id: tenant, action_id: record.action_id },
        'no effect yet',
      );
      if (error instanceof ActuatorFailure) return { kind: 'failed', error: error.code, isTemporary: error.isTemporary };
      return { kind: 'failed', error: 'actuator_error', isTemporary: actuator.isRepeatable };
    }
  }

  /** Nothing is written where somebody else has taken the action up meanwhile: they write what comes of it. */
  private async conclude(tenant: TenantId, taken: ActionRecord, outcome: AttemptOutcome, attempt: number): Promise<void> {
    const now = this.parts.clock.now();
    const retryAt = now + backoffMs(attempt, randomInt(1_000) / 1_000);
    let isOurs = false;
    const record = await this.parts.store.change(tenant, taken.action_id, now, (found) => {
      isOurs = found.version === taken.version;
      return isOurs ? concludeAttempt(found, this.phase, outcome, { attempt, attempts: ATTEMPTS, now, retryAt }) : undefined;
    });
    if (record && isOurs && record.status !== this.phase.running) this.parts.events.containmentExecuted(record);
  }
}
